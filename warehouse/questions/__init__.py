"""Questions of an evaluator's own: one SELECT over the pseudonymous tables of a release, in a process that can do nothing else."""
