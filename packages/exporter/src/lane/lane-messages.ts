import type { MessagePort } from 'node:worker_threads'
import type { SharedAccess } from '@ahi-dicom/ahi-client'
import type { LaneModule } from '@ahi-dicom/export-files'
import type { Failure } from '../failure/failure.ts'
import type { GuestFrame, GuestRequest } from './guest-frame.ts'
import type { Fetched, InstanceOptions, ItemResult, LaneItem } from './lane-item.ts'

/** Settings of a lane. Plain data. */
export interface LaneSettings {
  readonly options: InstanceOptions
  readonly formats: readonly LaneModule[]
  readonly destination: LaneModule
  /** The caller's decoder. Default: `@ahi-dicom/htj2k-decoder`. */
  readonly decoder: LaneModule | undefined
  readonly access: SharedAccess
  /** The most bytes of frames that the lane may hold in memory. */
  readonly memoryByteLength: number
  /** The most frames of one instance in flight. */
  readonly maxFrames: number
  /** The number of instances to write at a time. */
  readonly instanceConcurrency: number
  /** Memory where the lane notes the frame it is decoding, see `decode-watch.ts`. */
  readonly watch: SharedArrayBuffer
}

/** The argument that starts the thread of a lane. */
export interface LaneStart {
  readonly port: MessagePort
}

/** A message from the main thread to a lane. */
export type ToLane =
  /** The first message. */
  | { readonly kind: 'open'; readonly settings: LaneSettings }
  | { readonly kind: 'items'; readonly items: readonly LaneItem[] }
  /** Asks the lane to read a frame for another one. */
  | { readonly kind: 'read-guest'; readonly guest: GuestRequest }
  /** The answer of another lane to `read-guest`. */
  | { readonly kind: 'guest-read'; readonly frame: GuestFrame }
  /** How many frames of large instances other lanes may read for this one at a time. */
  | { readonly kind: 'guests-allowed'; readonly count: number }
  | { readonly kind: 'flush'; readonly id: number }
  /** Aborts all items in progress. */
  | { readonly kind: 'abort' }
  /** The last message. */
  | { readonly kind: 'end' }

/** A message from a lane to the main thread. */
export type FromLane =
  /** The lane can take items. */
  | { readonly kind: 'ready' }
  /** The lane cannot be opened, and neither can any other lane of the job. */
  | { readonly kind: 'unable'; readonly failure: Failure }
  | { readonly kind: 'news'; readonly results: readonly ItemResult[]; readonly fetched: Fetched }
  /** Items that were aborted. */
  | { readonly kind: 'unfinished'; readonly ids: readonly number[] }
  | { readonly kind: 'read-guest'; readonly guest: GuestRequest }
  | { readonly kind: 'guest-read'; readonly frame: GuestFrame }
  | { readonly kind: 'flushed'; readonly id: number; readonly failure: Failure | undefined }
