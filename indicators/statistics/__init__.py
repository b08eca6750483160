"""Estimators and tests: from sufficient statistics to a value with its interval."""
