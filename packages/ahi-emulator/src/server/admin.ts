import { FaultRulesError } from '../errors.ts'
import { parseFaultRules } from '../faults/fault-rules.ts'
import { readJsonBody } from '../operation/json-body.ts'
import type { OperationResponse } from '../operation/operation.ts'
import { ServiceError, validationError } from '../operation/service-error.ts'
import type { Gates } from './gates.ts'

/** Path prefix of the emulator's own endpoints. The service does not use this path. */
export const adminPath = '/_emulator/'

/**
 * Answers a request to the emulator's own endpoints: `counters` (GET, DELETE to reset) and `faults` (GET, PUT, DELETE).
 * @throws {ServiceError} UnknownOperationException for another path or method, ValidationException if the fault rules
 *   are invalid
 */
export function answerAdmin(
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: Uint8Array },
  { counters, faults }: Gates,
): OperationResponse {
  switch (`${method} ${path.slice(adminPath.length)}`) {
    case 'GET counters':
      return { json: counters.read() }
    case 'DELETE counters':
      counters.reset()
      return { json: counters.read() }
    case 'GET faults':
      return { json: faults.rules() }
    case 'PUT faults':
      faults.set(rulesOf(body))
      return { json: faults.rules() }
    case 'DELETE faults':
      faults.set({ rules: [] })
      return { json: faults.rules() }
    default:
      throw new ServiceError(
        'UnknownOperationException',
        'The emulator has the endpoints counters (GET, DELETE) and faults (GET, PUT, DELETE)',
      )
  }
}

function rulesOf(body: Uint8Array): ReturnType<typeof parseFaultRules> {
  try {
    return parseFaultRules(readJsonBody(body))
  } catch (error) {
    if (error instanceof FaultRulesError) throw validationError(error.message)
    throw error
  }
}
