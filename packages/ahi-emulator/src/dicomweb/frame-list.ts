import { ServiceError, validationError } from '../operation/service-error.ts'

/**
 * Reads the frame numbers of a path, the first being 1: different ones, in any order.
 * @throws {ServiceError} ValidationException, ResourceNotFoundException for a frame that the instance does not have
 */
export function readFrameList(list: string, frameCount: number): number[] {
  if (!/^\d{1,9}(?:,\d{1,9})*$/.test(list)) throw invalid('is not a list of numbers that are parted by commas')
  const numbers = list.split(',').map(Number)
  if (new Set(numbers).size < numbers.length) throw invalid('has a frame number more than once')
  if (numbers.includes(0)) throw invalid('has frame 0; the first frame is 1')
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
