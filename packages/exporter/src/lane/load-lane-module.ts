import type { LaneModule } from '@ahi-dicom/export-files'

/**
 * Imports a module and calls the function `maker` that it exports. Returns the object it makes.
 *
 * @throws {TypeError} if the module does not export that function
 */
export async function loadLaneModule<Made>({ module, options }: LaneModule, maker: string): Promise<Made> {
  const loaded: Readonly<Record<string, unknown>> = await import(module)
  const make = loaded[maker]
  if (!isMaker<Made>(make)) throw new TypeError(`Expected the module ${module} to export \`${maker}(options)\``)
  return await make(options)
}

/** Checks only that the value is a function. Its result cannot be checked here. */
function isMaker<Made>(value: unknown): value is (options: unknown) => Made | Promise<Made> {
  return typeof value === 'function'
}
