import type { MessagePort } from 'node:worker_threads'
import type { SharedAccess } from '@ahi-dicom/ahi-client'
import type { LaneModule } from '@ahi-dicom/export-files'
import type { Failure } from '../failure/failure.ts'
import type { GuestFrame, GuestRequest } from './guest-frame.ts'
import type { Fetched, InstanceOptions, ItemResult, LaneItem } from './lane-item.ts'

/** How a lane of a job works. Plain data. */
export interface LaneSettings {
  readonly options: InstanceOptions
  readonly formats: readonly LaneModule[]
  readonly destination: LaneModule
  /** A decoder of the caller's own. Default: that of `@ahi-dicom/htj2k-decoder`. */
  readonly decoder: LaneModule | undefined
  readonly access: SharedAccess
  /** Bytes of frames that the lane may have in memory. */
  readonly memoryByteLength: number
  /** Frames that one instance may have in flight. */
  readonly maxFrames: number
  /** Instances that are written at a time. */
  readonly instanceConcurrency: number
  /** Where the lane notes which frame it decodes, see `decode-watch.ts`. */
  readonly watch: SharedArrayBuffer
}

/** What the thread of a lane is started with. */
export interface LaneStart {
  readonly port: MessagePort
}

/** What the main thread tells a lane. */
export type ToLane =
  /** Comes first. */
  | { readonly kind: 'open'; readonly settings: LaneSettings }
  | { readonly kind: 'items'; readonly items: readonly LaneItem[] }
  /** Reads a frame for another lane. */
  | { readonly kind: 'read-guest'; readonly guest: GuestRequest }
  /** What another lane read for this one. */
  | { readonly kind: 'guest-read'; readonly frame: GuestFrame }
  /** How many frames of large instances other lanes read for this one at a time. */
  | { readonly kind: 'guests-allowed'; readonly count: number }
  | { readonly kind: 'flush'; readonly id: number }
  /** Cuts short what is under way. */
  | { readonly kind: 'abort' }
  /** Nothing more will come. */
  | { readonly kind: 'end' }

/** What a lane tells the main thread. */
export type FromLane =
  /** It serves. */
  | { readonly kind: 'ready' }
  /** It cannot serve, and no other lane of the job could. */
  | { readonly kind: 'unable'; readonly failure: Failure }
  | { readonly kind: 'news'; readonly results: readonly ItemResult[]; readonly fetched: Fetched }
  /** Items that were cut short. */
  | { readonly kind: 'unfinished'; readonly ids: readonly number[] }
  | { readonly kind: 'read-guest'; readonly guest: GuestRequest }
  | { readonly kind: 'guest-read'; readonly frame: GuestFrame }
  | { readonly kind: 'flushed'; readonly id: number; readonly failure: Failure | undefined }
