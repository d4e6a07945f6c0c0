def test_stems_come_back_under_the_item(studio):
    item = studio.item(position=2.0, length=1.5)
    (request,) = studio.separate(item)
    print(request)
    studio.deliver([request])
    print(studio.reaper.messages, studio.reaper.console)
    print(studio.reaper.project.levels())
    assert [name for _, name in studio.reaper.project.levels()][2:] == ["Vocals", "Drums", "Bass"]
    assert not studio.reaper.running_scripts
