import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { afterAll, describe, expect, test } from 'vitest'

const DICOM = new URL('../../../../shared/dicom/pydicom/', import.meta.url)
const FIXTURES = new URL('fixtures/', import.meta.url)
/** Files with other processes, and 4:4:0 files: there libjpeg 6b repeats samples that libjpeg-turbo interpolates. */
const OTHERS = new Set(['jpeg-arithmetic.jpg', 'jpeg-1x2.jpg', 'jpeg-lossless-12-bit.jpg', 'jpeg-lossless-rgb.jpg'])

const FILES = [
  'SC_jpeg_no_color_transform',
  'SC_jpeg_no_color_transform_2',
  'SC_rgb_dcmtk_+eb+cr',
  'SC_rgb_dcmtk_+eb+cy+n1',
  'SC_rgb_dcmtk_+eb+cy+n2',
  'SC_rgb_dcmtk_+eb+cy+np',
  'SC_rgb_dcmtk_+eb+cy+s2',
  'SC_rgb_dcmtk_+eb+cy+s4',
  'SC_rgb_jpeg',
  'SC_rgb_jpeg_app14_dcmd',
  'SC_rgb_jpeg_dcmtk',
  'SC_rgb_jpeg_lossy_gdcm',
  'SC_rgb_small_odd_jpeg',
  'examples_ybr_color',
]

/**
 * Prints one line per file: its JPEG in base64 (the file, or the first frame of a DICOM file), and the CRC-32 of the
 * result of `dcmdjpeg +cn`, colour by pixel. The JPEG goes into a new DICOM file, because dcmtk cannot read some of the
 * samples.
 */
const DECODE = `
import sys, json, zlib, base64, subprocess, warnings, pydicom, numpy
from io import BytesIO
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from PIL import Image
warnings.simplefilter('ignore')
folder, *sources = sys.argv[1:]
def jpeg_of(source):
    if not source.endswith('.dcm'): return open(source, 'rb').read()
    return next(generate_frames(pydicom.dcmread(source).PixelData))
def checksum_of(jpeg):
    image = Image.open(BytesIO(jpeg))
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = '1.2.840.10008.1.2.4.' + ('55' if image.info.get('progressive') else '50')
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = '1.2.840.10008.5.1.4.1.1.7'
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = '1.2.3'
    dataset.Columns, dataset.Rows = image.size
    dataset.SamplesPerPixel = len(image.getbands())
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    dataset.PhotometricInterpretation = 'MONOCHROME2' if dataset.SamplesPerPixel == 1 else 'YBR_FULL'
    if dataset.SamplesPerPixel == 3: dataset.PlanarConfiguration = 0
    dataset.PixelData = encapsulate([jpeg])
    dataset.save_as(folder + '/encoded.dcm', enforce_file_format=True)
    subprocess.run(['dcmdjpeg', '+cn', folder + '/encoded.dcm', folder + '/decoded.dcm'], check=True)
    decoded = pydicom.dcmread(folder + '/decoded.dcm')
    length = decoded.Rows * decoded.Columns * decoded.SamplesPerPixel
    samples = numpy.frombuffer(decoded.PixelData, numpy.uint8, length)
    if decoded.get('PlanarConfiguration') == 1: samples = samples.reshape(3, -1).T
    return zlib.crc32(samples.tobytes())
for source in sources:
    jpeg = jpeg_of(source)
    print(json.dumps({'jpeg': base64.b64encode(jpeg).decode(), 'checksum': checksum_of(jpeg)}))
`

const folder = mkdtempSync(join(tmpdir(), 'dcmtk-'))
afterAll(() => rmSync(folder, { recursive: true }))

function withoutDcmtk(): boolean {
  const python = spawnSync('python3', ['-c', 'import pydicom, numpy, PIL']).status === 0
  const isHere = python && spawnSync('dcmdjpeg', ['--version']).status === 0
  if (isHere || process.env['CI'] !== undefined) return false
  console.warn('skipped: python3 with pydicom and Pillow, or dcmtk, is not here')
  return true
}

function withoutFiles(): boolean {
  const missing = !existsSync(DICOM)
  if (missing) console.warn('skipped: the shared DICOM files are not here')
  return missing
}

/** Returns the checksums of the samples that dcmtk decodes, and of those that this package decodes. */
async function checksumsOf(files: readonly URL[]): Promise<{ theirs: number[]; ours: number[] }> {
  const parameters = ['-c', DECODE, folder, ...files.map((file) => fileURLToPath(file))]
  const lines = execFileSync('python3', parameters, { encoding: 'utf8', maxBuffer: 2 ** 24 })
    .trim()
    .split('\n')
  const results = lines.map((line) => JSON.parse(line))
  const frames = await Promise.all(results.map(({ jpeg }) => decodeFrame(Buffer.from(jpeg, 'base64'))))
  return { theirs: results.map(({ checksum }) => checksum), ours: frames.map(({ checksum }) => checksum) }
}

describe.skipIf(withoutDcmtk())(
  "dcmtk's dcmdjpeg without colour conversion makes the same",
  { timeout: 60_000 },
  () => {
    test('of the fixtures', async () => {
      const names = readdirSync(FIXTURES).filter((name) => name.endsWith('.jpg') && !OTHERS.has(name))
      const { theirs, ours } = await checksumsOf(names.map((name) => new URL(name, FIXTURES)))
      expect(ours).toHaveLength(12)
      expect(ours).toEqual(theirs)
    })

    test.skipIf(withoutFiles())('of DICOM files', async () => {
      const { theirs, ours } = await checksumsOf(FILES.map((name) => new URL(`${name}.dcm`, DICOM)))
      expect(ours).toHaveLength(FILES.length)
      expect(ours).toEqual(theirs)
    })
  },
)
