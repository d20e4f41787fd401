import { ServiceError, validationError } from '../operation/service-error.ts'

/**
 * Reads the frame numbers in a path. They start at 1, in any order, without repetition.
 * @throws {ServiceError} ValidationException if the list is invalid, ResourceNotFoundException if the instance has
 *   fewer frames
 */
export function readFrameList(list: string, frameCount: number): number[] {
  if (!/^\d{1,9}(?:,\d{1,9})*$/.test(list)) throw invalid('is not a list of numbers separated by commas')
  const numbers = list.split(',').map(Number)
  if (new Set(numbers).size < numbers.length) throw invalid('contains a frame number more than once')
  if (numbers.includes(0)) throw invalid('contains frame 0; the first frame is 1')
  const missing = numbers.find((number) => number > frameCount)
  if (missing === undefined) return numbers
  throw new ServiceError(
    'ResourceNotFoundException',
    `Frame ${missing} does not exist; the instance has ${frameCount} frames`,
  )
}

function invalid(why: string): ServiceError {
  return validationError(`The frame list ${why}`)
}
