package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// schemaVersion changes with the tables or with what is put into them: a database of another version is made anew.
const schemaVersion = 2

// cacheKB is how much of the database a connection keeps in memory.
const cacheKB = 4096

// Times are milliseconds since 1970, durations seconds as contact records show them; what is not there is NULL. Names are
// ids, ” for none.
const schema = `
CREATE TABLE meta (k TEXT PRIMARY KEY, v INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE open_contact (id TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE agent (id TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE contact (
	n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
	channel TEXT NOT NULL, method TEXT NOT NULL, subtype TEXT NOT NULL, reason TEXT NOT NULL, name TEXT NOT NULL,
	queue TEXT NOT NULL, own INTEGER NOT NULL, -- own: the queue is an agent's own
	agent TEXT NOT NULL, profile TEXT NOT NULL,
	l1 TEXT NOT NULL, l2 TEXT NOT NULL, l3 TEXT NOT NULL, l4 TEXT NOT NULL, l5 TEXT NOT NULL,
	root TEXT NOT NULL,
	initiated INTEGER NOT NULL, scheduled INTEGER, enqueued INTEGER, connected INTEGER, disconnected INTEGER, expires INTEGER,
	completed INTEGER, -- 1 when its record is final
	waited INTEGER, talked INTEGER, held INTEGER, paused INTEGER, wrapped INTEGER, holds INTEGER, -- seconds; NULL: never queued, never handled
	lasted INTEGER, resolved INTEGER, flowed INTEGER,
	abandoned INTEGER NOT NULL, hold_end INTEGER NOT NULL,
	out_agent INTEGER NOT NULL, out_external INTEGER NOT NULL, out_queue INTEGER NOT NULL
);
CREATE INDEX contact_initiated ON contact (initiated);
CREATE INDEX contact_scheduled ON contact (scheduled) WHERE scheduled IS NOT NULL;
CREATE INDEX contact_enqueued ON contact (enqueued) WHERE enqueued IS NOT NULL;
CREATE INDEX contact_connected ON contact (connected) WHERE connected IS NOT NULL;
CREATE INDEX contact_disconnected ON contact (disconnected) WHERE disconnected IS NOT NULL;
CREATE INDEX contact_root ON contact (root);
CREATE TABLE label (contact INTEGER NOT NULL, kind TEXT NOT NULL, k TEXT NOT NULL, v TEXT NOT NULL, PRIMARY KEY (contact, kind, k)) WITHOUT ROWID;
CREATE TABLE offer (
	ended INTEGER NOT NULL, agent TEXT NOT NULL, profile TEXT NOT NULL,
	l1 TEXT NOT NULL, l2 TEXT NOT NULL, l3 TEXT NOT NULL, l4 TEXT NOT NULL, l5 TEXT NOT NULL,
	queue TEXT NOT NULL, own INTEGER NOT NULL, channel TEXT NOT NULL, method TEXT NOT NULL, subtype TEXT NOT NULL,
	rang INTEGER NOT NULL, answered INTEGER NOT NULL, missed INTEGER NOT NULL, abandoned INTEGER NOT NULL -- rang: ms
);
CREATE INDEX offer_ended ON offer (ended);
`

// agentTimes are the tables of agents' time: by BucketWidth, and the same by the day (UTC), so that a month of it is soon
// added up.
const agentTimes = `
CREATE TABLE %s (
	bucket INTEGER NOT NULL, agent TEXT NOT NULL, profile TEXT NOT NULL,
	l1 TEXT NOT NULL, l2 TEXT NOT NULL, l3 TEXT NOT NULL, l4 TEXT NOT NULL, l5 TEXT NOT NULL,
	online INTEGER NOT NULL, unproductive INTEGER NOT NULL, busy INTEGER NOT NULL, idle INTEGER NOT NULL, error INTEGER NOT NULL, -- ms
	PRIMARY KEY (bucket, agent, profile, l1, l2, l3, l4, l5)
) WITHOUT ROWID;
`

// open opens the database of a file, or one in memory; one of another version, or a broken one, is made anew.
func open(ctx context.Context, file string) (*sql.DB, error) {
	db, err := openAs(ctx, file)
	if err == nil || file == "" || ctx.Err() != nil {
		return db, err
	}
	if err := remove(file); err != nil {
		return nil, err
	}
	return openAs(ctx, file)
}

var errVersion = errors.New("the database is of another version")

func openAs(ctx context.Context, file string) (*sql.DB, error) {
	name := ":memory:"
	if file != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, err
		}
		name = (&url.URL{Scheme: "file", Opaque: filepath.ToSlash(file)}).String()
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // who asks and who writes take turns
	db.SetConnMaxIdleTime(0)
	if err := prepare(ctx, db); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// prepare makes the tables unless they are there. What a crash takes of a database in WAL mode with normal
// synchronisation is its newest transactions, whole: the journal has them.
func prepare(ctx context.Context, db *sql.DB) error {
	pragmas := fmt.Sprintf("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-%d;", cacheKB)
	if _, err := db.ExecContext(ctx, pragmas); err != nil {
		return err
	}
	var version, tables int
	if err := db.QueryRowContext(ctx, "SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master)").Scan(&version, &tables); err != nil {
		return err
	}
	switch {
	case version == schemaVersion:
		return nil
	case tables > 0:
		return errVersion
	}
	_, err := db.ExecContext(ctx, fmt.Sprintf("BEGIN; %s"+agentTimes+agentTimes+"PRAGMA user_version=%d; COMMIT;", schema, "agent_time", "agent_day", schemaVersion))
	return err
}

// remove deletes a database and what goes with it.
func remove(file string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
