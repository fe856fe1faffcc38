-- Iceberg's catalogue over JDBC expects these in its database, and does not make them itself.
create table iceberg_tables (catalog_name varchar(255), table_namespace varchar(255), table_name varchar(255),
  metadata_location varchar(1000), previous_metadata_location varchar(1000), iceberg_type varchar(5),
  primary key (catalog_name, table_namespace, table_name));
create table iceberg_namespace_properties (catalog_name varchar(255), namespace varchar(255),
  property_key varchar(255), property_value varchar(1000), primary key (catalog_name, namespace, property_key));
