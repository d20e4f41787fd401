import type { Operation } from '@ahi-dicom/ahi-client'

import type { AnswerCounts } from './account-rate.ts'
import type { Need } from './fair-shares.ts'

/** The needs of one worker, by operation. It does not use an operation that is missing. */
export type Needs = Readonly<Partial<Record<Operation, Need>>>

/** Counts by operation. */
export type CountsOfOperations = Readonly<Partial<Record<Operation, AnswerCounts>>>

/** The message of a worker to all others. */
export interface Telling {
  readonly name: string
  readonly needs: Needs
  /** Since it told last. */
  readonly counts: CountsOfOperations
}

/** The state that all workers of a prefix share. */
export interface CommonKnowledge {
  /** The time of the store in milliseconds. */
  readonly now: number
  /** Workers that told lately, in the order of their names: when they did, and their needs. */
  readonly workers: readonly { readonly name: string; readonly at: number; readonly needs: Needs }[]
  /** Sums over all workers. */
  readonly counts: CountsOfOperations
  /** The rates of the account as text, see {@link PaceStore.exchange}. Empty in the beginning. */
  readonly account: string
}

/** The place where the workers of a prefix exchange their needs. Calls reject if it cannot be reached. */
export interface PaceStore {
  tell(telling: Telling): Promise<CommonKnowledge>
  /** Sets the rates of the account if they still are `previous`, and returns what they are then. */
  exchange(previous: string, next: string): Promise<string>
  /** Forgets a worker. */
  leave(name: string): Promise<void>
}
