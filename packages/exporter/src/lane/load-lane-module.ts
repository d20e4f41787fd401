import type { LaneModule } from '@ahi-dicom/export-files'

/**
 * Makes an object by a maker that a module exports.
 *
 * @throws {TypeError} if the module has no such maker
 */
export async function loadLaneModule<Made>({ module, options }: LaneModule, maker: string): Promise<Made> {
  const loaded: Readonly<Record<string, unknown>> = await import(module)
  const make = loaded[maker]
  if (!isMaker<Made>(make)) throw new TypeError(`Expected the module ${module} to export \`${maker}(options)\``)
  return await make(options)
}

/** The module says what it makes; its name is all that can be checked. */
function isMaker<Made>(value: unknown): value is (options: unknown) => Made | Promise<Made> {
  return typeof value === 'function'
}
