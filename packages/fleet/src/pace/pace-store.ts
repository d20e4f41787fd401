import type { Operation } from '@ahi-dicom/ahi-client'

import type { AnswerCounts } from './account-rate.ts'
import type { Need } from './fair-shares.ts'

/** The needs of one worker, by operation. The worker does not use operations that are missing. */
export type Needs = Readonly<Partial<Record<Operation, Need>>>

/** Counts by operation. */
export type CountsOfOperations = Readonly<Partial<Record<Operation, AnswerCounts>>>

/** A worker's message to all others. */
export interface Telling {
  readonly name: string
  readonly needs: Needs
  /** Requests since the worker's last message. */
  readonly counts: CountsOfOperations
}

/** The state that all workers of a prefix share. */
export interface CommonKnowledge {
  /** Milliseconds, by the clock of the store. */
  readonly now: number
  /** The latest message of each worker that sent one recently, sorted by name. `at` is the time of the message. */
  readonly workers: readonly { readonly name: string; readonly at: number; readonly needs: Needs }[]
  /** Sums over all workers. */
  readonly counts: CountsOfOperations
  /** The account's rates as text, see {@link PaceStore.exchange}. Initially empty. */
  readonly account: string
}

/** The place where the workers of a prefix exchange their needs. Calls reject if the store cannot be reached. */
export interface PaceStore {
  /** Stores the message of a worker, and returns the shared state with the message in it. */
  tell(telling: Telling): Promise<CommonKnowledge>
  /** Replaces the account's rates if they still equal `previous`. Returns the rates that are stored now. */
  exchange(previous: string, next: string): Promise<string>
  /** Removes a worker. */
  leave(name: string): Promise<void>
}
