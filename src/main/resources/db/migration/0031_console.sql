-- What administrators search and filter by.

CREATE INDEX devices_by_name ON devices (name, id);
CREATE INDEX audit_log_by_address ON audit_log (address, created_at) WHERE address <> '';
CREATE INDEX audit_log_by_device ON audit_log (device_id, created_at) WHERE device_id <> '';
