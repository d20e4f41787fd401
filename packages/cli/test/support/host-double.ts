import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import type { Host } from '@ahi-dicom/cli'

/** A process that keeps what it says. */
export interface HostDouble extends Host {
  readonly signals: EventEmitter
  /** What it said on standard error. */
  readonly said: () => string
  /** Codes that it was told to exit with. */
  readonly exits: readonly number[]
}

/** Makes a process without a terminal. */
export function hostDouble(stdin: Readable = Readable.from([])): HostDouble {
  let text = ''
  const exits: number[] = []
  return {
    terminal: {
      stdin,
      outputColumns: undefined,
      messageColumns: () => undefined,
      print: async () => true,
      message: (line) => void (text += line),
    },
    env: {},
    signals: new EventEmitter(),
    exit: (code) => void exits.push(code),
    said: () => text,
    exits,
  }
}
