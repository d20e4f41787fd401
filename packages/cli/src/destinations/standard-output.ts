import { Writable } from 'node:stream'
import { UsageError } from '../errors.ts'
import type { Terminal } from '../terminal.ts'
import { compressionOption, reproducibleOption, type ArchiveOptions } from './archive-options.ts'
import type { DestinationKind } from './destination-kind.ts'

/** Standard output. A tar is written to it. */
export const standardOutput: DestinationKind<'-', ArchiveOptions> = {
  name: 'standard output',
  form: '-',
  parse: (text) => (text === '-' ? text : undefined),
  options: () => [compressionOption(), reproducibleOption()],
  async open(_, { compression = 0, reproducible }, { terminal }) {
    const { streamDestination } = await import('@ahi-dicom/exporter-archive')
    const destination = streamDestination({
      stream: writableOf(terminal),
      format: compression > 0 ? 'tar.gz' : 'tar',
      compression,
      reproducible,
      name: 'standard output',
    })
    return {
      destination: {
        ...destination,
        async check() {
          refuseScreen(terminal)
          return []
        },
        async open(options) {
          refuseScreen(terminal)
          await destination.open(options)
        },
      },
      recordFile: (name) => `${name} in the tar`,
      leftUnfinished: 'the tar on standard output is incomplete: its end and the record are missing',
      isStandardOutput: true,
    }
  },
}

function refuseScreen({ outputColumns }: Terminal): void {
  if (outputColumns === undefined) return
  throw new UsageError('Cannot write a tar to a terminal: pipe it, as in --out - | tar -x, or name a file')
}

/** Most bytes that wait for the reader of standard output. */
const waitingBytes = 1 << 18

function writableOf({ print }: Terminal): Writable {
  return new Writable({
    highWaterMark: waitingBytes,
    write(chunk: Buffer, _, done) {
      void (async () => {
        try {
          done((await print(chunk)) ? null : readerGone())
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)))
        }
      })()
    },
  })
}

function readerGone(): Error {
  return Object.assign(new Error('the reader of standard output has gone'), { code: 'EPIPE' })
}
