import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import type { Emulator } from '@ahi-dicom/ahi-emulator'
import { describe, expect, test } from 'vitest'
import { importAlone, instancePathOf, instancesOf, metadataOf } from './support/client.ts'
import { withEmulatorAndFolder } from './support/emulator-and-folder.ts'
import { secondaryCapture, secondaryCaptureAttributes } from './support/secondary-capture.ts'
import { hasPython, runPython } from './support/tools.ts'

const canCompare = hasPython('pydicom', 'numpy')
const oneMegabyte = 1024 * 1024

/** Returns bytes without short repetitions. */
function bytes(byteLength: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, index) => Math.imul(index + seed, 2_654_435_761) >>> 24)
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64')
}

function hash(value: Uint8Array): string {
  return createHash('sha256').update(value).digest('hex')
}

describe('binary values of more than a megabyte', () => {
  const document = bytes(3 * oneMegabyte + 2, 1)
  const small = bytes(oneMegabyte, 2)
  const nested = bytes(oneMegabyte + 2, 3)
  let emulator: Emulator
  let work: string

  withEmulatorAndFolder((made) => void ({ emulator, work } = made))

  /** An encapsulated PDF, a private value, and a sequence with a third value. */
  function attributes(): AttributeMap {
    const { Rows: _, Columns: __, BitsAllocated: ___, ...others } = secondaryCaptureAttributes()
    return {
      ...others,
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.104.1',
      MIMETypeOfEncapsulatedDocument: 'application/pdf',
      EncapsulatedDocument: base64(document),
      '00110010': 'PRIVATE',
      '00111001': base64(small),
      '00111002': [{ '00111003': base64(nested) }],
    }
  }

  const vrs = { '00110010': 'LO', '00111001': 'UN', '00111002': 'SQ', '00111003': 'OB' }

  test('are replaced in the document by references that can be read', async () => {
    const place = await importAlone(emulator, [encodePart10({ attributes: attributes(), vrs })])
    const instancePath = `/datastore/${place.datastoreId}/${await instancePathOf(place)}`
    const [instance] = instancesOf(await metadataOf(place))
    expect(instance?.DICOM).toMatchObject({
      EncapsulatedDocument: { BulkDataURI: `${instancePath}/bulkdata/${hash(document)}` },
      '00111001': base64(small),
      '00111002': [{ '00111003': { BulkDataURI: `${instancePath}/bulkdata/${hash(nested)}` } }],
    })
    for (const value of [document, nested]) {
      const response = await fetch(`${place.endpoint}${instancePath}/bulkdata/${hash(value)}`)
      expect(response.headers.get('content-type')).toBe('application/octet-stream')
      expect(response.headers.get('content-length')).toBe(String(value.byteLength))
      expect(Buffer.compare(new Uint8Array(await response.arrayBuffer()), value)).toBe(0)
    }
    const missing = await fetch(`${place.endpoint}${instancePath}/bulkdata/${hash(small)}`)
    expect(missing.status).toBe(404)
  })

  test.skipIf(!canCompare)('are restored in the instance, as pydicom confirms', async () => {
    const files = [
      encodePart10({ attributes: attributes(), vrs }),
      encodePart10({ attributes: secondaryCaptureAttributes(floatImage()) }),
      secondaryCapture({ '00110010': 'PRIVATE', '00111001': base64(nested), Rows: 3, SOPInstanceUID: '2.25.3' }),
      secondaryCapture({ RedPaletteColorLookupTableData: base64(document), SOPInstanceUID: '2.25.4' }),
    ]
    const cases: { readonly original: string; readonly received: string }[] = []
    for (const [index, file] of files.entries()) {
      const place = await importAlone(emulator, [file])
      const url = `${place.endpoint}/datastore/${place.datastoreId}/${await instancePathOf(place)}`
      const original = join(work, `original-${index}.dcm`)
      const received = join(work, `received-${index}.dcm`)
      await writeFile(original, file)
      await writeFile(received, new Uint8Array(await (await fetch(url)).arrayBuffer()))
      cases.push({ original, received })
    }
    const compared = await runPython('compare_part10.py', { input: cases })
    expect(compared).toMatchObject(files.map(() => ({ problems: [] })))
  })

  function floatImage(): AttributeMap {
    return { FloatPixelData: base64(bytes(512 * 1024 * 4, 5)), Rows: 512, Columns: 1024, BitsAllocated: 32 }
  }
})
