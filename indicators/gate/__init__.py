"""What may be shown to whom: hiding, groups counted together, fixed days, withheld waves."""
