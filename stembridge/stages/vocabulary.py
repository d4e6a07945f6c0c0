"""The words people name stems with, in the languages that studios and post houses write."""

from collections.abc import Mapping
from enum import StrEnum


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


class Role(StrEnum):
    """What a stem is in a mix."""

    KICK = "kick"
    DRUMS = "drums"
    PERCUSSION = "percussion"
    BASS = "bass"
    GUITAR = "guitar"
    KEYS = "keys"
    SYNTH = "synth"
    LEAD = "lead"
    PADS = "pads"
    STRINGS = "strings"
    BRASS = "brass"
    WIND = "wind"
    LEAD_VOCAL = "lead_vocal"
    VOCALS = "vocals"
    BACKING_VOCALS = "backing_vocals"
    DIALOGUE = "dialogue"
    MUSIC = "music"
    FX = "fx"
    FOLEY = "foley"
    AMBIENCE = "ambience"
    OTHER = "other"
    CLICK = "click"
    SILENCE = "silence"
    MIX = "mix"


ROLE_ORDER: tuple[Role, ...] = tuple(Role)
"""The usual order of tracks in a session."""

FAMILIES: Mapping[Role, str] = {
    **{role: role.value for role in Role},
    **dict.fromkeys((Role.KICK, Role.DRUMS, Role.PERCUSSION), "rhythm"),
    **dict.fromkeys((Role.KEYS, Role.SYNTH, Role.LEAD, Role.PADS), "keys"),
    **dict.fromkeys((Role.BRASS, Role.WIND), "winds"),
    **dict.fromkeys((Role.LEAD_VOCAL, Role.VOCALS, Role.BACKING_VOCALS), "voice"),
    **dict.fromkeys((Role.FX, Role.FOLEY, Role.AMBIENCE), "effects"),
}
"""Roles whose words stand together in one name without contradicting each other."""

GENERAL = words_of("drums percussion guitar keys synth lead strings brass vocals fx mix ambience")
"""Elements that give way to a more exact one of the same family: ``Drums Snare`` is a snare."""

FULL_MIXES = frozenset({"mix", "master", "printmaster"})
"""Elements that hold everything; the other mixes leave something out."""

# Words and phrases, separated by commas. A mark behind one says how far it can be trusted:
#   ~  certain alone, gives way to any other word ("Drum Mix" is drums)
#   ?  doubtful: too often a word of a title
#   ^  certain in capitals, doubtful otherwise ("OH" and "oh")
#   !  made of words for two families
WORDS: Mapping[Role, Mapping[str, str]] = {
    Role.KICK: {
        "kick": "kick, kick 808, kick 909, kik, kck, kic, bd^, kd?, kick drum, bass drum, 808 kick, "
        "909 kick, grosse trommel, grosse caisse, bombo, bumbo, gran cassa, cassa?, キック, バスドラム, "
        "バスドラ, 底鼓, 킥, бочка",
    },
    Role.DRUMS: {
        "drums": "drum, drums, drm, drms, drs, drumz, dr^, drum kit, drum bus, drum loop, drum machine, "
        "drum pad, kit?, beat?, beats?, schlagzeug, batterie, bateria, batteria, slagwerk, trummor, "
        "trommer, perkusja, барабаны, ударные, ドラム, ドラムス, 鼓, 架子鼓, 드럼",
        "snare": "snare, snr, snares, sn^, sd^, snare drum, kleine trommel, caisse claire, rullante, "
        "tarola, caixa?, caja?, スネア, 军鼓, 스네어",
        "snare_bottom": "snare down, snr down",
        "hihat": "hihat, hi hat, hi hats, hat, hats, hh^, hhat, hhats, hht, charley, chimbal, ハイハット, "
        "하이햇",
        "toms": "tom, toms, floor tom, rack tom, タム, 탐",
        "overheads": "overhead, overheads, over heads, oh^, ohs^, ovh, ovhd, オーバーヘッド",
        "cymbals": "cymbal, cymbals, cym, cyms, crash, ride?, china?, splash?, becken, cymbale, cymbales, "
        "platillos, piatti, シンバル",
        "drum_room": "drum room, drums room, room mic, room mics, drum rooms, kit room, room?, rooms?",
    },
    Role.PERCUSSION: {
        "percussion": "perc, percs, prc, percussion, percussions, percussao, percusion, perkussion, "
        "percussioni, percussie, percussione, slagverk, перкуссия, パーカッション, 打击乐, 打楽器, 퍼커션",
        "shaker": "shaker, shakers, shkr, shk^, maracas, cabasa",
        "tambourine": "tambourine, tamb, tambo, tambourin, pandereta, pandeiro",
        "congas": "conga, congas, bongo, bongos",
        "claps": "clap, claps, handclap, handclaps, hand claps, snaps, finger snaps",
        "cowbell": "cowbell",
        "timpani": "timpani, timp, timps, pauken, pauke, kettle drum, timbales",
        "mallets": "mallets, marimba, vibraphone, vibraphon, xylophone, xylophon, glockenspiel, glock, "
        "steel drum, steel drums, steelpan",
        "hand_percussion": "cajon, djembe, tabla, taiko, surdo, woodblock, wood block, guiro, claves, "
        "triangle?, chimes?, bells?",
    },
    Role.BASS: {
        "bass": "bass, basses, bs^, bas?, basse, basso, bajo, baixo, bass guitar, bass gtr, bass guit, "
        "e bass, electric bass, elec bass, el bass, bassgitarre, bass gitarre, bas gitaar, bassline, "
        "bass line, guitare basse, бас, бас гитара, басс, ベース, 贝斯, 贝司, 베이스",
        "synth_bass": "synth bass, bass synth, syn bass, moog bass, sub bass, bass sub, sub?, reese?, "
        "808 bass, 808, 808s, シンセベース",
        "upright_bass": "upright bass, double bass, dbl bass, contrabass, kontrabass, contrebasse, "
        "acoustic bass, string bass, contrabajo, contrabbasso, contrabaixo, コントラバス",
    },
    Role.GUITAR: {
        "guitar": "gtr, gtrs, gt^, gts^, guit, guits, guitar, guitars, gitarre, gitarren, guitare, "
        "guitares, guitarra, guitarras, chitarra, chitarre, gitaar, gitarr, gitara, gitary, гитара, "
        "гитары, ギター, 吉他, 기타",
        "acoustic_guitar": "acoustic guitar, acoustic guitars, acoustic gtr, acoustic gtrs, "
        "acoustic guit, ac gtr, ac gtrs, ac guitar, aco gtr, acou gtr, a gtr, agtr, ag^, gtr ac, "
        "gtr acoustic, guitar acoustic, gtr aco, akustikgitarre, akustik gitarre, guitare acoustique, "
        "guitarra acustica, chitarra acustica, violao, nylon guitar, nylon gtr, 12 string, 12 string gtr, "
        "12 string guitar, acoustic?, アコギ, アコースティックギター",
        "electric_guitar": "electric guitar, electric guitars, electric gtr, electric gtrs, elec gtr, "
        "elec gtrs, elec guitar, el gtr, e gtr, e gtrs, egtr, egtrs, e guitar, eg^, gtr elec, "
        "gtr electric, guitar electric, gtr el, e gitarre, guitare electrique, guitarra electrica, "
        "chitarra elettrica, エレキ, エレキギター",
        "lead_guitar": "lead guitar, lead guitars, lead gtr, lead gtrs, ld gtr, gtr lead, guitar lead, "
        "gtr ld, lead guit, solo guitar, solo gtr, gtr solo, guitar solo, leadgitarre, sologitarre, "
        "lead gitarre",
        "rhythm_guitar": "rhythm guitar, rhythm guitars, rhythm gtr, rhythm gtrs, rhy gtr, rhy gtrs, "
        "rtm gtr, gtr rhythm, gtr rhy, guitar rhythm, rhythmusgitarre, rhythm?, rhy?",
        "steel_guitar": "pedal steel, lap steel, steel guitar, steel gtr, slide guitar, slide gtr, dobro",
        "banjo": "banjo",
        "mandolin": "mandolin, mandoline, bouzouki",
        "ukulele": "ukulele, uke",
    },
    Role.KEYS: {
        "keys": "keys, kys, keyz, keyb, keybs, keyboard, keyboards, kbd, kbds, kb^, tasten, clavier, "
        "claviers, teclado, teclados, tastiera, tastiere, toetsen, klawisze, klaviatur, клавиши, "
        "клавишные, キーボード, 键盘, 건반",
        "piano": "piano, pianos, pno, pnos, pian, pf^, grand piano, upright piano, klavier, flugel, "
        "pianoforte, фортепиано, пианино, рояль, ピアノ, 钢琴, 피아노",
        "e_piano": "rhodes, rhds, wurli, wurly, wurlitzer, electric piano, elec piano, el piano, e piano, "
        "e klavier, ep^, エレピ",
        "organ": "organ, organs, orgn, org?, orgel, orgue, organo, orgao, hammond, b 3, орган, オルガン, "
        "오르간",
        "clavinet": "clavinet, clav, clavi, clv^, clavichord, harpsichord, cembalo, celesta, celeste?",
        "accordion": "accordion, akkordeon, accordeon, acordeon, fisarmonica, harmonium, mellotron",
    },
    Role.SYNTH: {
        "synth": "synth, synths, syn, syns, synt, synthe, synthesizer, synthesiser, sintetizador, "
        "sintetizzatore, moog, синтезатор, синт, シンセ, 合成器, 신스",
        "arp": "arp, arps, arpeggio, arpeggios, synth arp, arp synth, seq^, seqs^, sequencer, アルペジオ",
        "pluck": "pluck, plucks, synth pluck, pluck synth, stab, stabs, synth stab, synth stabs",
    },
    Role.LEAD: {
        "lead": "lead synth, synth lead, lead synths, lead syn, syn lead, ld synth, synth ld, synth solo, "
        "lead?, leads?, solo?, melody?, hook?, リード",
    },
    Role.PADS: {
        "pads": "pad, pads, synth pad, synth pads, pad synth, string pad, strings pad, pad strings, "
        "key pad, nappe, nappes, drone?, drones?, texture?, textures?, パッド, 패드, пэд",
    },
    Role.STRINGS: {
        "strings": "strings, strngs, strgs, strng, strg, str^, strs^, string section, string quartet, "
        "string ensemble, synth strings, string?, streicher, cordes, cuerdas, cordas, archi, strijkers, "
        "smyczki, strakar, струнные, ストリングス, 弦乐, 弦楽, 현악, 스트링",
        "violin": "violin, violins, vln, vlns, vn^, vlni, violine, violinen, geige, geigen, violon, "
        "violons, violino, violini, fiddle, скрипка, バイオリン, ヴァイオリン, 小提琴, 바이올린",
        "viola": "viola, violas, vla, vlas, bratsche, alto violin, ビオラ, ヴィオラ",
        "cello": "cello, cellos, celli, vlc, vc^, vcl^, violoncello, violoncelle, violonchelo, "
        "виолончель, チェロ, 大提琴, 첼로",
        "harp": "harp, harps, harfe, harpe, ハープ",
    },
    Role.BRASS: {
        "brass": "brass, brs^, brss, brass section, synth brass, brass synth, horns, horn section, hrns, "
        "blech, blechblaser, blaser, cuivres, metales, metais, ottoni, медь, ブラス, 铜管, 브라스",
        "trumpet": "trumpet, trumpets, tpt, tpts, trp, trpt, trumpt, tp^, flugelhorn, trompete, "
        "trompeten, trompette, trompeta, tromba, труба, トランペット, 小号",
        "trombone": "trombone, trombones, tbn, tbns, trb, tbone, bass trombone, posaune, posaunen, "
        "トロンボーン",
        "horn": "horn, hrn, french horn, french horns, waldhorn, corno, tuba, ホルン",
    },
    Role.WIND: {
        "woodwinds": "woodwind, woodwinds, wood winds, ww^, winds, wind?, holzblaser, holz?, bois, "
        "vientos, sopros, fiati, духовые, 木管",
        "sax": "sax, saxes, saxs, saxophone, saxophones, saxophon, saxofon, saxofone, sassofono, saxo, "
        "alto sax, tenor sax, bari sax, baritone sax, soprano sax, саксофон, サックス, 萨克斯, 색소폰",
        "flute": "flute, flutes, flt^, fl^, flote, floten, flauta, flauto, bass flute, alto flute, "
        "piccolo, recorder?, флейта, フルート, 长笛",
        "clarinet": "clarinet, clarinets, clar, bass clarinet, klarinette, clarinete, clarinette, "
        "clarinetto, クラリネット",
        "oboe": "oboe, oboes, english horn, hautbois, オーボエ",
        "bassoon": "bassoon, bassoons, contrabassoon, fagott, fagotto, fagot, basson, ファゴット",
        "harmonica": "harmonica, mundharmonika, blues harp, armonica",
    },
    Role.LEAD_VOCAL: {
        "lead_vocal": "lead vocal, lead vocals, lead vox, lead voc, lead vocs, lead voice, lead vx, "
        "lead vcl, vocal lead, vocals lead, vox lead, voc lead, vox ld, ld vox, ld voc, ld vocal, "
        "ld vocals, lv^, lvs^, ldv, lvox, l vox, leadvx, main vocal, main vocals, main vox, main voc, "
        "vox main, vocal main, lead singer, lead gesang, leadgesang, hauptgesang, hauptstimme, voix lead, "
        "voix principale, chant lead, chant principal, voz principal, voz lider, voce principale, "
        "ведущий вокал, лид вокал, リードボーカル, メインボーカル, 主唱, 리드보컬, 메인보컬",
    },
    Role.VOCALS: {
        "vocals": "vox, voxs, voxx, vx^, voc, vocs, vocal, vocals, vocl, voice, voices, vcls, vocal bus, "
        "gesang, stimme, stimmen, vokal, vokale, voix, voz, voces, voce, voci, vozes, vocais, canto, "
        "zang, sang?, chant?, wokal, vokaly, bass vox, bass vocal, bass voice, вокал, голос, ボーカル, "
        "ヴォーカル, 歌, 人声, 보컬",
        "vocal_fx": "vocal fx!, vocals fx!, vox fx!, fx vox!, fx vocal!, fx vocals!, voc fx!, "
        "vocal effects!, vocal chop, vocal chops, vox chop, vox chops, vocoder, talkbox",
        "adlibs": "adlib, adlibs, ad lib, ad libs",
        "rap": "rap, raps, rap vox, rap vocal, rap vocals",
    },
    Role.BACKING_VOCALS: {
        "bgv": "bgv, bgvs, bgvx, bgvox, bg vox, bg vocal, bg vocals, bg voc, bgvoc, bv^, bvs^, bvox, bvx, "
        "bvoc, bkv, bkgv, bkgvox, bkg vox, bkg vocals, bk vox, bvocals, b vox, back vox, back vocal, "
        "back vocals, backing vocal, backing vocals, backing vox, backing voc, backing vocs, "
        "backing voices, backing voice, backing vx, backings, background vocal, background vocals, "
        "background vox, background voc, background voices, vox bg, vox backing, vocal backing, "
        "vocals backing, vox back, gang vox, gang vocal, gang vocals, gang voc, hintergrundgesang, "
        "backgroundgesang, backinggesang, hintergrundstimmen, бэк вокал, бэки, コーラス, 和声, 코러스",
        "harmonies": "harmony, harmonies, harms?, harm?, harmony vox, harmony vocal, harmony vocals, "
        "vocal harmony, vocal harmonies, vox harmony, vox harm, vox harms, oohs, aahs, oohs aahs, "
        "ooh vox, ah vox",
        "choir": "choir, choirs, choeur, choeurs, chœur, chœurs, coros, coro, cori, chor, kor?, koor, "
        "chorale, хор, 合唱, 합창",
    },
    Role.DIALOGUE: {
        "dx": "dx, dxs, dia, dial, dials, dlg, dialog, dialogs, dialogue, dialogues, dialoge, dialoghi, "
        "dialogo, dialogos, dialoog, sprache, speech, диалог, диалоги, セリフ, 台詞, ダイアログ, 对白, "
        "대사",
        "vo": "vo^, vos^, voiceover, voiceovers, voice over, voice overs, narration, narrator, narr, "
        "sprecher, sprecherin, voix off, voz en off, voz off, voce fuori campo, kommentar, ナレーション, "
        "旁白, 나레이션",
        "adr": "adr, adrs, loop group, group adr, walla",
    },
    Role.MUSIC: {
        "mx": "mx, mxs",
        "music": "music, mus, musik, musique, musica, muziek, muzyka, score?, underscore, source music, "
        "bgm, backing track, музыка, 音楽, ミュージック, 音乐, 음악",
    },
    Role.FX: {
        "fx": "fx, fxs, sfx, efx, hfx, spfx, sound fx, hard fx, effect, effects, sound effects, effets, "
        "efectos, efeitos, effetti, effekte, effekt, effecten, sound design, ear candy, эффекты, 効果音, "
        "エフェクト, 音效, 효과음, 이펙트",
        "riser": "riser, risers, uplifter, uplifters, downlifter, downlifters, sweep, sweeps, "
        "transition?, transitions?",
        "impact": "impact, impacts, whoosh, whooshes, swoosh, swooshes, hit?, hits?, boom?, booms?",
    },
    Role.FOLEY: {
        "foley": "foley, foleys, fol, fly^, footsteps, foots, feet?, bruitage, bruitages, rumori, "
        "gerausche, moves?, props?, шумы, フォーリー, 拟音, 폴리",
    },
    Role.AMBIENCE: {
        "ambience": "amb, ambs, ambience, ambiences, ambiance, ambiances, ambiente, ambientes, ambienti, "
        "ambi, atmo, atmos?, atmosphere, atmospheres, atmosphare, atmospharen, bg^, bgs^, bkg, bkgs, "
        "background?, backgrounds, room tone, roomtone, room tones, wild track, wildtrack, ambient?, crowd?, "
        "атмосфера, 環境音, 背景音, 环境声, 앰비언스",
    },
    Role.OTHER: {
        "other": "other, others, misc, rest?, residual, sonstiges, andere, autres, otros, altro, altri, "
        "resto?, остальное, その他, 其他, 기타등등",
    },
    Role.CLICK: {
        "click": "click, clicks, clk, clks, click track, metronome, metronom, metronomo, count in, "
        "countin, клик, метроном, クリック, メトロノーム, 节拍器, 클릭",
        "guide": "guide?, guide track, cue?, cue track, talkback, slate?",
        "2pop": "2pop, 2 pop, two pop, sync pop, pop?",
        "ltc": "ltc, smpte, timecode track, tc track",
    },
    Role.SILENCE: {
        "silence": "silence, silent, blank, empty?, leer, stille?, silencio, silenzio, 無音, 静音",
    },
    Role.MIX: {
        "mix": "mix~, mixes~, mixdown, mix down, fullmix, full mix, stereo mix, mix stereo, main mix, "
        "final mix, mix final, rough mix, ruff mix, demo mix, mixed~, 2mix, 2 mix, 2 track, 2track, 2trk, "
        "2tk, two track, bounce?, full?, main?, stereo out, main out, gesamtmix, mischung, summe~, "
        "mezcla, mixagem, missaggio, mixage, микс, сведение, ミックス, 2ミックス, 混音, 믹스",
        "master": "master~, masters~, mastered~, mstr~, mst^, master mix, master out, masterfile, мастер, "
        "マスター, 母带, 마스터",
        "printmaster": "printmaster, print master, printmasters, pm^",
        "tv_mix": "tv mix, tv track, tv version, mix tv, tv^",
        "instrumental": "instrumental, instrumentals, instr, instru, inst^, instrumental mix, "
        "mix instrumental, karaoke, minus one, no vox, no vocal, no vocals, カラオケ, オフボーカル, "
        "インスト, 伴奏, 반주",
        "acapella": "acapella, acapellas, acappella, a capella, a cappella, acap, acca, accapella, "
        "アカペラ, 아카펠라",
        "me": "me^, m e, m and e, m n e, mne, m und e, music and effects, music effects, music fx, mx fx, "
        "mxfx, it band",
    },
}

DETAILS: Mapping[str, str] = {
    word: slug
    for slug, words in {
        "in": "in inside",
        "out": "out outside",
        "top": "top up over",
        "bottom": "bottom bot btm bttm under",
        "close": "close cls spot",
        "far": "far",
        "room": "room rm",
        "dry": "dry",
        "wet": "wet",
        "reverb": "reverb verb rvb",
        "delay": "delay dly echo",
        "double": "dt double doubles dbl dbls doubled dub dubs",
        "high": "high hi",
        "mid": "mid",
        "low": "low lo",
        "clean": "clean cln",
        "distorted": "distorted dist distortion drive overdrive crunch",
        "di": "di",
        "mic": "mic",
        "amp": "amp",
        "alt": "alt",
        "loop": "loop loops",
        "sample": "sample samples smp trig trigger",
        "intro": "intro",
        "verse": "verse verses vrs strophe",
        "chorus": "chorus refrain",
        "bridge": "bridge",
        "outro": "outro",
        "solo": "solo",
        "ooh": "ooh",
        "floor": "floor",
        "rack": "rack",
    }.items()
    for word in words.split()
}
"""Words that say more about an element when they stand beside it, and how they are written."""

NOISE = words_of(
    """
    stem stems multitrack multitracks audio wav wave aiff flac file files track tracks export exports exported
    render rendered bounced bounces print prints consolidated final finals stereo mono st bus buss group grp
    sum comp edit session project delivery deliverables raw spuren spur pistes piste pistas interleaved bip
    ステム 分轨
    """
)
"""Words that say nothing about what is in a file, nor what it is called."""

WITHOUT = words_of("no minus without wo less ohne sans sin senza sem")
"""Words that take away what follows them: ``Mix no Drums``."""
