import type { DatabaseSync } from 'node:sqlite'
import { createBatch, type Batch } from './batch.ts'
import { inTransaction } from './open-database.ts'
import { textColumn } from './row.ts'
import type { WriteQueue } from './write-queue.ts'

/** Writes files and their database records together. */
export interface BatchWriter {
  /**
   * Writes files with `write`, flushes them to disk, then records them with `commit` in one transaction. If a step
   * throws, or the process ends, nothing remains. Call it within `store.turns.run`.
   */
  writeBatch<Staged, Result>(steps: {
    readonly write: (batch: Batch) => Promise<Staged>
    readonly commit: (staged: Staged) => Result
  }): Promise<Result>
  /**
   * Like `writeBatch`, for files that take long to write. `write` runs before the turn, `prepare` and `commit` run in
   * it. Call it outside `store.turns.run`.
   */
  stageBatch<Staged, Prepared, Result>(steps: {
    readonly write: (batch: Batch) => Promise<Staged>
    readonly prepare: (staged: Staged, batch: Batch) => Promise<Prepared>
    readonly commit: (prepared: Prepared) => Result
  }): Promise<Result>
}

/** Creates a writer of batches in a data folder. */
export function createBatchWriter({
  database,
  folder,
  turns,
}: {
  readonly database: DatabaseSync
  readonly folder: string
  readonly turns: WriteQueue
}): BatchWriter {
  const insert = database.prepare('INSERT INTO pending_batches (id) VALUES (?)')
  const forget = database.prepare('DELETE FROM pending_batches WHERE id = ?')

  /**
   * Runs `use` with a batch, and discards the batch if it throws. `record` flushes the batch and runs `commit` in a
   * transaction.
   */
  async function withBatch<Result>(
    use: (batch: Batch, record: (commit: () => Result) => Promise<Result>) => Promise<Result>,
  ): Promise<Result> {
    const batch = createBatch(folder)
    insert.run(batch.id)
    try {
      return await use(batch, async (commit) => {
        await batch.flush()
        return inTransaction(database, () => {
          const result = commit()
          forget.run(batch.id)
          return result
        })
      })
    } catch (error) {
      await batch.discard()
      forget.run(batch.id)
      throw error
    }
  }

  return {
    writeBatch: ({ write, commit }) =>
      withBatch(async (batch, record) => {
        const staged = await write(batch)
        return record(() => commit(staged))
      }),
    stageBatch: ({ write, prepare, commit }) =>
      withBatch(async (batch, record) => {
        const staged = await write(batch)
        await batch.flush()
        return turns.run(async () => {
          const prepared = await prepare(staged, batch)
          return record(() => commit(prepared))
        })
      }),
  }
}

/** Removes the unfinished batches of a process that was killed. */
export async function removeUnfinishedBatches(database: DatabaseSync, folder: string): Promise<void> {
  const ids = database.prepare('SELECT id FROM pending_batches').all()
  for (const row of ids) await createBatch(folder, textColumn(row, 'id')).discard()
  database.exec('DELETE FROM pending_batches')
}
