import { parseDatabaseUrl } from './database-url.js';

describe('DATABASE_URL', () => {
  it.each<[string, string]>([
    ['file:./data/producer.db', './data/producer.db'],
    ['file:producer.db', 'producer.db'],
    ['file:../up.db', '../up.db'],
    ['file:/var/lib/bpsc/producer.db', '/var/lib/bpsc/producer.db'],
    ['file:///var/lib/bpsc/producer.db', '///var/lib/bpsc/producer.db'],
    ['file:./with space/ümlaut.db', './with space/ümlaut.db'],
    ['file: ./spaced.db', './spaced.db'],
    ['file:./100%.db', './100%.db'],
    ['file:./a#b.db', './a#b.db'],
    ['file:~backup.db', '~backup.db'],
    ['file:/proc/self/fd/7', '/proc/self/fd/7'],
  ])('%s is %s', (text, file) => {
    expect(parseDatabaseUrl(text, 'linux')).toBe(file);
  });

  it.each<[string, RegExp]>([
    ['', /names no file$/],
    ['./data/producer.db', /did you mean file:\.\/data\/producer\.db\?$/],
    ['C:\\data\\x.db', /did you mean/],
    ['FILE:./x.db', /did you mean file:\.\/x\.db\?$/],
    ['"file:./x.db"', /without quotes: file:\.\/x\.db$/],
    ['sqlite:./x.db', /did you mean file:\.\/x\.db\?$/],
    ['sqlite:///x.db', /did you mean file:\/\/\/x\.db\?$/],
    ['jdbc:sqlite:x.db', /did you mean file:x\.db\?$/],
    ['postgres://bpsc:secret@db/bpsc', /^(?!.*secret).*an SQLite file \(found postgres:…\)$/],
    ['libsql://host', /an SQLite file/],
    ['file:', /names no file$/],
    ['file: ', /names no file$/],
    [':memory:', /in-memory database would be lost/],
    ['~/x.db', /the home folder in place of ~,/],
    ['file::memory:', /in-memory database would be lost/],
    ['file::memory:?cache=shared', /in-memory database would be lost/],
    ['file:x?mode=memory&cache=shared', /in-memory database would be lost/],
    ['file:./dev.db?connection_limit=1', /takes no parameters: write file:\.\/dev\.db$/],
    ['file:./dev.db?', /takes no parameters: write file:\.\/dev\.db$/],
    ['file:~/x.db', /the home folder in place of ~,/],
    ['file:~', /the home folder in place of ~,/],
    ['file:~alice/x.db', /the home folder in place of ~alice,/],
    ['file://localhost/x.db', /must not name a host \(localhost\): write .* or file:\/x\.db$/],
    ['file://data/x.db', /write file:\.\/data\/x\.db or file:\/x\.db$/],
    ['file://./x.db', /write file:\.\/x\.db or/],
    ['file:///my%20data/x.db', /without percent-encoding: write file:\/\/\/my data\/x\.db$/],
    ['file:./%ff.db', /without percent-encoding/],
    ['file:./data/', /not a folder: write file:data\/producer\.db/],
    ['file:/', /not a folder/],
    ['file:.', /not a folder/],
    ['file:./data/..', /not a folder/],
    ['file:C:\\data\\x.db', /this system has no drive letters$/],
    ['file:C:/data/x.db', /this system has no drive letters$/],
    ['file:///C:/data/x.db', /this system has no drive letters$/],
    ['file:.\\data\\x.db', /write file:\.\/data\/x\.db$/],
    ['file:./x.db-wal', /must not end in -wal/],
    ['file:./x.db.lock', /must not end in \.lock/],
    ['file:./x\ny.db', /control characters$/],
  ])('%j is refused with a helpful message', (text, sentence) => {
    const parsed = parseDatabaseUrl(text, 'linux');
    expect(parsed).toEqual({ wrong: expect.stringMatching(sentence) });
    expect((parsed as { wrong: string }).wrong).toMatch(/^(must|takes|needs) [^\n]*$/);
  });

  it('accepts Windows paths on Windows', () => {
    expect(parseDatabaseUrl('file:C:\\data\\x.db', 'win32')).toBe('C:\\data\\x.db');
  });
});
