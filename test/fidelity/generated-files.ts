import { runPython } from '../interop/comparison.ts'

/** A file, or a folder of files that belong together, that generate.py has written. */
export interface GeneratedFile {
  /** Such as `jpeg/baseline-422.dcm`. */
  readonly name: string
  readonly path: string
}

/** Writes the generated objects into a folder, in the order of their names. */
export async function generateFiles(folder: string, subjects: readonly string[] = []): Promise<GeneratedFile[]> {
  const files = await runPython('../fidelity/generate.py', [folder, ...subjects])
  if (!Array.isArray(files) || !files.every(isGeneratedFile)) throw new TypeError('generate.py prints names and paths')
  return files
}

function isGeneratedFile(value: unknown): value is GeneratedFile {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('path' in value)) return false
  return typeof value.name === 'string' && typeof value.path === 'string'
}
