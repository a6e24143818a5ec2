//! Reading what no project may make the program read.
