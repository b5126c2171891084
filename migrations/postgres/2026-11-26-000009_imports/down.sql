DROP TABLE imports_run;
DROP TABLE imports_reporter;
DROP TABLE imports_token;
