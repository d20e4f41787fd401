import { endianness } from 'node:os'
import type { Format, FormatItem } from '@ahi-dicom/export-files'

/**
 * Makes the format of NumPy arrays. An instance with pixels makes one array of the shape frames x rows x columns, and if
 * it is coloured x samples. The exporter calls this by its name in each of its threads.
 */
export function createFormat(): Format {
  return {
    name: 'npy',
    mediaType: 'application/octet-stream',
    readsPixels: true,
    lane: { module: import.meta.url, options: undefined },
    *files(item) {
      if (item.instance.pictureCount > 0) yield { chunks: arrayOf(item) }
    },
  }
}

/** Yields the header of the array, and then one frame after the other. */
async function* arrayOf({ instance, reading: { signal } }: FormatItem): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < instance.pictureCount; index++) {
    const frame = await instance.frame(index, { signal })
    // The attributes are sure to describe the frames once one has been read.
    if (index === 0) yield npyHeader(sampleType(frame), shapeOf(instance))
    yield new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength)
  }
}

type Instance = FormatItem['instance']
type Frame = Awaited<ReturnType<Instance['frame']>>

/** Returns what NumPy calls the type of the samples, such as `<i2` for signed ones of two bytes. */
function sampleType(frame: Frame): string {
  const [kind = ''] = frame[Symbol.toStringTag].toLowerCase()
  return `${endianness() === 'LE' ? '<' : '>'}${kind}${frame.BYTES_PER_ELEMENT}`
}

function shapeOf({ pictureCount, attributes }: Instance): readonly number[] {
  const [rows = 0, columns = 0, samples = 1] = ['Rows', 'Columns', 'SamplesPerPixel'].map((keyword) =>
    attributes.number(keyword),
  )
  return [pictureCount, rows, columns, ...(samples === 1 ? [] : [samples])]
}

/** Returns the header of a file in version 1.0 of the NPY format, a multiple of 64 bytes. */
function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const prefixLength = 10
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`
  const length = Math.ceil((prefixLength + text.length + 1) / 64) * 64
  const header = Buffer.alloc(length, ' ', 'latin1')
  header.write('\x93NUMPY\x01\x00', 'latin1')
  header.writeUInt16LE(length - prefixLength, 8)
  header.write(text, prefixLength, 'latin1')
  header.write('\n', length - 1, 'latin1')
  return header
}
