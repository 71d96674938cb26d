raise SystemExit("Nothing to run with Python: spark-submit wants a script's name. Run scripts/submit SPARK-SUBMIT-OPTIONS -- nightly --pipeline FILE --date D")
