import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runPython } from './comparison.ts'
import { sharedDicom } from './shared-files.ts'

/** Files that lack a Part 10 header or a UID, and that no data store takes as they are, but whose contents matter. */
const INCOMPLETE = [
  'pydicom-data/HTJ2KLossless_08_RGB.dcm',
  'pydicom-data/HTJ2K_08_RGB.dcm',
  'pydicom-data/JLSL_08_07_0_1F.dcm',
  'pydicom-data/JLSL_RGB_ILV0.dcm',
  'pydicom-data/JLSL_RGB_ILV1.dcm',
  'pydicom-data/JLSL_RGB_ILV2.dcm',
  'pydicom-data/JLSN_RGB_ILV0.dcm',
  'pydicom-data/OT-PAL-8-face.dcm',
  'pydicom-data/bad_sequence.dcm',
  'pydicom/ExplVR_BigEndNoMeta.dcm',
  'pydicom/ExplVR_LitEndNoMeta.dcm',
  'pydicom/JPEGLSNearLossless_08.dcm',
  'pydicom/JPEGLSNearLossless_16.dcm',
  'pydicom/SC_rgb_jls_lossy_line.dcm',
  'pydicom/SC_rgb_jls_lossy_sample.dcm',
  'pydicom/rtstruct.dcm',
]

/** Writes completed copies of incomplete files into a folder: pydicom adds the missing attributes and keeps the rest. */
export async function completeFiles(folder: string): Promise<{ name: string; original: string }[]> {
  await mkdir(folder)
  const names = await runPython('complete.py', [folder, ...INCOMPLETE.map((name) => join(sharedDicom, name))])
  if (!Array.isArray(names)) throw new TypeError('complete.py prints a list of names')
  return names.map((name) => ({ name: `completed/${name}`, original: join(folder, String(name)) }))
}
