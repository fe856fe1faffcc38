#!/bin/sh
# Run by the image of PostgreSQL when its data are made.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -f /deploy/databases.sql
psql -v ON_ERROR_STOP=1 -U postgres -d lake -f /deploy/iceberg-catalogue.sql
