-- What the server of shared links may do in the database of the staff: look a link up, count a view, keep a session,
-- note an opening. Run by the owner of the database once the tables are there (docs/deploy.md); safe to run again.
-- The role is that of the system user of the same name: psql --set role=q-funder --file deploy/funder_role.sql
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO :"role";
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :"role";
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"role";
GRANT SELECT ON links TO :"role";
GRANT UPDATE (views, used_at) ON links TO :"role";
GRANT SELECT, INSERT, DELETE ON sessions TO :"role";
GRANT INSERT ON audit TO :"role";
GRANT USAGE ON SEQUENCE audit_id_seq TO :"role";
