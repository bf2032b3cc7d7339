# Runs the suite with its output written line by line. Into a pipe, Tcl writes by the block and at the end: of a run that
# has to be ended from outside, nothing would be seen.
fconfigure stdout -buffering line
source tests/test_helper.tcl
