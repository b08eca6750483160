"""What lies in a file before anything is made of it: the lines of a delimited text, the sheets of a workbook."""
