import type { ManifestEntry } from '@ahi-dicom/export-files'
import { runPython } from './run-python.ts'

/** Output of read_zip.py for a ZIP. */
interface ZipContent {
  /** SHA-256 by path. */
  readonly digests: Readonly<Record<string, string>>
  readonly manifest: readonly ManifestEntry[]
}

/** Reads a ZIP by Python. */
export async function readZip(path: string): Promise<ZipContent> {
  return JSON.parse(await runPython('read_zip.py', path))
}
