import { openTemporaryDatabase, writeTemporary } from '@ahi-dicom/export-files'

/** Texts that are returned sorted by key, and by text where keys are equal. Order is by UTF-8 bytes. */
export interface SortedTexts extends Disposable {
  add(key: string, text: string): void
  texts(): Iterable<readonly [key: string, text: string]>
}

/** Creates an empty collection in a temporary database, or in memory if the runtime has no database. */
export function createSortedTexts(): SortedTexts {
  return inDatabase() ?? inMemory()
}

function inDatabase(): SortedTexts | undefined {
  const database = openTemporaryDatabase({ schema: 'CREATE TABLE sorted (key TEXT, value TEXT)' })
  if (database === undefined) return undefined
  const insert = database.prepare('INSERT INTO sorted VALUES (?, ?)')
  const select = database.prepare('SELECT key, value FROM sorted ORDER BY key, value')
  return {
    add: (key, text) => void writeTemporary(() => insert.run(key, text)),
    *texts() {
      for (const { key, value } of select.iterate()) yield [String(key), String(value)]
    },
    [Symbol.dispose]: () => database.close(),
  }
}

/** Creates a collection that sorts like SQLite, which compares texts by their UTF-8 bytes. */
function inMemory(): SortedTexts {
  const texts: (readonly [string, string])[] = []
  return {
    add: (key, text) => void texts.push([key, text]),
    texts: () => texts.toSorted(([a, first], [b, second]) => compare(a, b) || compare(first, second)),
    [Symbol.dispose]() {},
  }
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
