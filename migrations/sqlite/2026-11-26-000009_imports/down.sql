DROP TABLE imports_run;
DROP TABLE imports_token;
