import { writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { NothingToImportError, type Emulator } from '@ahi-dicom/ahi-emulator'
import { describe, expect, test } from 'vitest'
import { frameOf, instancePathOf, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import { withEmulatorAndFolder } from './support/emulator-and-folder.ts'
import { filesIn, hasPython, runPython, sharedPath } from './support/tools.ts'

interface Imported {
  readonly file: string
  readonly document: string
  readonly frames: readonly string[]
  /** The whole instance, if its pixel data is kept in one piece. */
  readonly whole?: string
  readonly keptFor?: string
}

const folder = sharedPath('dicom')
const canCompare = folder !== undefined && hasPython('pydicom', 'numpy', 'openjpeg', 'libjpeg', 'rle')

/** Files that pydicom cannot decode. The same pixels are in another file. */
const pixelFiles: Readonly<Record<string, string>> = {
  'liver_rle.dcm': 'liver.dcm',
  'liver_nonbyte_aligned_rle.dcm': 'liver_nonbyte_aligned.dcm',
}

/** Files that lack attributes required for import, and whose pixels are in no other file. */
const completedFiles =
  /HTJ2K|JLS|JPEGLSNear|_jls_|bad_sequence|UN_sequence|no_meta|priv_SQ|empty_charset|chrSQ|OT-PAL|rtstruct\.dcm|NoMeta/

describe.skipIf(!canCompare)('the files in the shared folder', () => {
  let emulator: Emulator
  let work: string

  withEmulatorAndFolder((made) => void ({ emulator, work } = made))

  test('are imported as pydicom reads them, or rejected with a reason', { timeout: 300_000 }, async () => {
    const files = filesIn(folder ?? '')
    const { imported, rejected, kept } = await importEach(files)
    expect(kept).toEqual({
      'pydicom-data/liver_deflate.dcm': 'UnsupportedTransferSyntax',
      'pydicom-data/liver_nonbyte_aligned_deflate.dcm': 'UnsupportedTransferSyntax',
      'pydicom/JPEG-lossy.dcm': 'TranscodingException',
      'pydicom/JPGExtended.dcm': 'TranscodingException',
      'pydicom/MR_small_padded.dcm': 'FramesExtractionFailure',
      'pydicom/badVR.dcm': 'FrameNumberMismatch',
    })
    expect(rejected).toMatchInlineSnapshot(`
      {
        "INDEX.md": "not DICOM",
        "LICENSE.pydicom": "not DICOM",
        "LICENSE.pydicom-data": "not DICOM",
        "pydicom-charsets/FileInfo.txt": "not DICOM",
        "pydicom-charsets/chrSQEncoding.dcm": "DICOM attribute SOPClassUID does not exist",
        "pydicom-charsets/chrSQEncoding1.dcm": "DICOM attribute SOPClassUID does not exist",
        "pydicom-data/HTJ2KLossless_08_RGB.dcm": "DICOM attribute StudyInstanceUID does not exist",
        "pydicom-data/HTJ2K_08_RGB.dcm": "DICOM attribute StudyInstanceUID does not exist",
        "pydicom-data/JLSL_08_07_0_1F.dcm": "DICOM attribute StudyInstanceUID does not exist",
        "pydicom-data/JLSL_RGB_ILV0.dcm": "not DICOM",
        "pydicom-data/JLSL_RGB_ILV1.dcm": "not DICOM",
        "pydicom-data/JLSL_RGB_ILV2.dcm": "not DICOM",
        "pydicom-data/JLSN_RGB_ILV0.dcm": "not DICOM",
        "pydicom-data/OT-PAL-8-face.dcm": "not DICOM",
        "pydicom-data/bad_sequence.dcm": "DICOM attribute SOPInstanceUID is not a UID",
        "pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm": "truncated: a fragment or the delimiter of the pixel data needs 8 bytes, 0 are left at byte 40316",
        "pydicom/ExplVR_BigEndNoMeta.dcm": "not DICOM",
        "pydicom/ExplVR_LitEndNoMeta.dcm": "not DICOM",
        "pydicom/JPEGLSNearLossless_08.dcm": "DICOM attribute StudyInstanceUID does not exist",
        "pydicom/JPEGLSNearLossless_16.dcm": "DICOM attribute StudyInstanceUID does not exist",
        "pydicom/MR_truncated.dcm": "truncated: attribute 7FE00010 promises 8192 bytes, 8130 are left; it begins at byte 1488",
        "pydicom/README.txt": "not DICOM",
        "pydicom/SC_rgb_jls_lossy_line.dcm": "DICOM attribute StudyInstanceUID does not exist",
        "pydicom/SC_rgb_jls_lossy_sample.dcm": "DICOM attribute StudyInstanceUID does not exist",
        "pydicom/UN_sequence.dcm": "DICOM attribute SOPClassUID does not exist",
        "pydicom/crayons.icc": "not DICOM",
        "pydicom/dicomdirtests/DICOMDIR": "DICOM attribute SOPClassUID does not exist",
        "pydicom/dicomdirtests/DICOMDIR-bigEnd": "DICOM attribute SOPClassUID does not exist",
        "pydicom/dicomdirtests/DICOMDIR-empty.dcm": "DICOM attribute SOPClassUID does not exist",
        "pydicom/dicomdirtests/DICOMDIR-implicit": "DICOM attribute SOPClassUID does not exist",
        "pydicom/dicomdirtests/DICOMDIR-nooffset": "truncated: the item at byte 10860 of sequence 00041220 promises 248 bytes, 224 are left in its sequence, which begins at byte 384",
        "pydicom/dicomdirtests/DICOMDIR-nopatient": "DICOM attribute SOPClassUID does not exist",
        "pydicom/dicomdirtests/DICOMDIR-reordered": "DICOM attribute SOPClassUID does not exist",
        "pydicom/dicomdirtests/README.txt": "not DICOM",
        "pydicom/dicomdirtests/TINY_ALPHA/DICOMDIR": "DICOM attribute SOPClassUID does not exist",
        "pydicom/dicomdirtests/TINY_ALPHA/README": "not DICOM",
        "pydicom/empty_charset_LEI.dcm": "DICOM attribute SOPClassUID does not exist",
        "pydicom/meta_missing_tsyntax.dcm": "DICOM attribute TransferSyntaxUID does not exist",
        "pydicom/nested_priv_SQ.dcm": "DICOM attribute SOPClassUID does not exist",
        "pydicom/no_meta.dcm": "not DICOM",
        "pydicom/no_meta_group_length.dcm": "DICOM attribute SOPClassUID does not exist",
        "pydicom/priv_SQ.dcm": "DICOM attribute SOPClassUID does not exist",
        "pydicom/rtplan.dump": "not DICOM",
        "pydicom/rtplan_truncated.dcm": "truncated: attribute 300A00B0 promises 976 bytes, 711 are left; it begins at byte 1410",
        "pydicom/rtstruct.dcm": "not DICOM",
        "pydicom/rtstruct.dump": "not DICOM",
        "pydicom/test1.json": "not DICOM",
        "pydicom/test_PN.json": "not DICOM",
        "pydicom/zipMR.gz": "not DICOM",
      }
    `)
    expect(imported).toHaveLength(files.length - Object.keys(rejected).length)
    expect(await problemsOf(imported)).toEqual({})
  })

  test('are imported as pydicom reads them, after missing attributes are added', { timeout: 300_000 }, async () => {
    const incomplete = filesIn(folder ?? '').filter((file) => completedFiles.test(file) && !file.endsWith('.dump'))
    await runPython('complete_files.py', { args: [work, ...incomplete] })
    const { imported, rejected, kept } = await importEach(incomplete.map((file) => join(work, basename(file))))
    expect(rejected).toEqual({})
    expect(kept).toEqual({ 'nested_priv_SQ.dcm': 'Other' })
    expect(await problemsOf(imported)).toEqual({})
  })

  /** Imports each file into a separate data store. */
  async function importEach(files: readonly string[]) {
    const imported: Imported[] = []
    const rejected: Record<string, string> = {}
    const kept: Record<string, string | undefined> = {}
    for (const file of files) {
      const name = relative(file.startsWith(work) ? work : (folder ?? ''), file)
      const outcome = await importOne(file)
      if (typeof outcome === 'string') rejected[name] = outcome
      else {
        imported.push(outcome)
        if (outcome.whole !== undefined) kept[name] = outcome.keptFor
      }
    }
    return { imported, rejected, kept }
  }

  /** Returns the reason for a rejection. */
  async function importOne(file: string): Promise<Imported | string> {
    const { datastoreId } = await emulator.createDatastore()
    try {
      const { imageSets, rejected, warnings } = await emulator.importDicom(file, { datastoreId })
      const [imageSet] = imageSets
      if (imageSet === undefined) return rejected[0]?.reason ?? ''
      const place = { endpoint: emulator.endpoint, datastoreId, imageSetId: imageSet.imageSetId }
      const imported = await fetchBack(file, place)
      const keptFor = warnings.find(({ type }) => type !== undefined)?.type
      return keptFor === undefined ? imported : { ...imported, keptFor, whole: await fetchWhole(place) }
    } catch (error) {
      if (error instanceof NothingToImportError) return 'not DICOM'
      throw error
    }
  }

  async function fetchWhole(place: ImageSetPlace): Promise<string> {
    const response = await fetch(`${place.endpoint}/datastore/${place.datastoreId}/${await instancePathOf(place)}`, {
      headers: { accept: 'application/dicom; transfer-syntax=*' },
    })
    const path = join(work, `${place.imageSetId}.dcm`)
    await writeFile(path, new Uint8Array(await response.arrayBuffer()))
    return path
  }

  async function fetchBack(file: string, place: ImageSetPlace): Promise<Imported> {
    const metadata = await metadataOf(place)
    const frames: string[] = []
    for (const { ImageFrames } of instancesOf(metadata)) {
      for (const { ID } of ImageFrames) {
        frames.push(join(work, `${ID}.frame`))
        await writeFile(join(work, `${ID}.frame`), await frameOf(place, ID))
      }
    }
    const document = join(work, `${place.imageSetId}.json`)
    await writeFile(document, serializeImageSetMetadata(metadata))
    return { file, document, frames }
  }
})

/** Returns all differences that pydicom and OpenJPEG find in the imported files. */
async function problemsOf(imported: readonly Imported[]): Promise<Record<string, unknown>> {
  const cases = imported.map((one) => {
    const pixels = pixelFiles[basename(one.file)]
    return pixels === undefined ? one : { ...one, pixels: join(one.file, '..', pixels) }
  })
  const problems = await runPython('compare_import.py', { input: cases })
  if (typeof problems !== 'object' || problems === null) throw new TypeError('no comparison')
  expect(Object.keys(problems)).toHaveLength(imported.length)
  return Object.fromEntries(Object.entries(problems).filter(([, found]) => JSON.stringify(found) !== '[]'))
}
