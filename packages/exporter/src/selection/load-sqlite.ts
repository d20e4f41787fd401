import type * as Sqlite from 'node:sqlite'

/**
 * Loads SQLite of Node.js. Node.js 22 prints a warning that it is experimental, which is no concern of whoever watches an
 * export.
 */
export async function loadSqlite(): Promise<typeof Sqlite> {
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = () => {}
  try {
    return await import('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}
