"""The codebook across waves: what each survey asked, in which words and on which scale, and where that differs."""
