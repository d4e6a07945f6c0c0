"""What sound is: records, blocks, files, resampling, metadata chunks, meters."""
