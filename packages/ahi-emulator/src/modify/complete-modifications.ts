import type { PendingModification } from '../store/modifications.ts'
import { EmulatorClosedError, type WriteQueue } from '../store/write-queue.ts'
import { completeCopy, failCopy } from './complete-copy.ts'
import { completeDeletion, failDeletion } from './complete-deletion.ts'
import { completeUpdate, failUpdate, type CompletionContext } from './complete-update.ts'
import { ModificationError, parseModification, type Modification } from './modification.ts'

/**
 * Applies all accepted modifications, in order. Call it within `store.turns.run`. If a modification fails, its image sets
 * are unlocked with a message. If the process is killed, the rest is applied at the next start.
 */
export async function completeModifications(context: CompletionContext): Promise<void> {
  for (const pending of context.store.modifications.pending()) await completeOne(pending, context)
  await context.store.removeUnusedFiles()
}

/** Queues the accepted modifications behind the running imports, and returns at once. */
export function completeLater(context: CompletionContext & { readonly writes: WriteQueue }): void {
  const { writes, store } = context
  writes
    .run(() => store.turns.run(() => completeModifications(context)))
    .catch((error: unknown) => {
      // The next start applies them.
      if (error instanceof EmulatorClosedError) return
      process.emitWarning(error instanceof Error ? error : String(error))
    })
}

async function completeOne({ id, request }: PendingModification, context: CompletionContext): Promise<void> {
  const { store } = context
  const modification = parseModification(request)
  try {
    await complete(modification, context, () => store.modifications.remove(id))
  } catch (error) {
    const isExpected = error instanceof ModificationError
    if (!isExpected) process.emitWarning(error instanceof Error ? error : String(error))
    store.inTransaction(() => {
      fail(modification, context, isExpected ? error.message : 'INTERNAL_SERVER_ERROR: The emulator failed')
      store.modifications.remove(id)
    })
  }
}

async function complete(modification: Modification, context: CompletionContext, done: () => void): Promise<void> {
  switch (modification.kind) {
    case 'copy':
      return completeCopy(modification, context, done)
    case 'update':
      return completeUpdate(modification, context, done)
    case 'delete':
      return completeDeletion(modification, context, done)
  }
}

function fail(modification: Modification, context: CompletionContext, message: string): void {
  switch (modification.kind) {
    case 'copy':
      return failCopy(modification, context, message)
    case 'update':
      return failUpdate(modification, context, message)
    case 'delete':
      return failDeletion(modification, context, message)
  }
}
