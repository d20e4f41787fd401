/** Members of errors that may be logged: codes and identifiers. None of them names a patient. */
const loggedMembers = [
  'code',
  'operation',
  'statusCode',
  'requestId',
  'datastoreId',
  'imageSetId',
  'studyInstanceUid',
  'seriesInstanceUid',
  'sopInstanceUid',
  'imageFrameId',
  'retryable',
] as const

/** Returns the codes and identifiers of an error, for a log in JSON. */
export function errorFields(error: unknown): Readonly<Record<string, string | number | boolean>> {
  if (typeof error !== 'object' || error === null) return {}
  const fields: Record<string, string | number | boolean> = {}
  for (const name of loggedMembers) {
    const value: unknown = Reflect.get(error, name)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') fields[name] = value
  }
  return fields
}
