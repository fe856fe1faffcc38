-- One database for the names of Iceberg's tables, one for Tranche's state.
create database lake;
create database state;
