import { createInputCheck } from '../operation/input-check.ts'
import { readJsonBody } from '../operation/json-body.ts'
import type { Operation } from '../operation/operation.ts'
import { validationError } from '../operation/service-error.ts'
import { mostTags, readResourceArn, readTags, requireResource } from './tag-input.ts'

export const tagResource: Operation = {
  name: 'TagResource',
  method: 'POST',
  path: '/tags/{resourceArn}',
  run({ parameters, body }, context) {
    const check = createInputCheck()
    const resourceArn = readResourceArn(parameters['resourceArn'], check)
    const tags = readTags(readJsonBody(body)['tags'], check)
    check.finish()
    requireResource(resourceArn, context)
    const { tags: table } = context.store
    if (Object.keys({ ...table.of(resourceArn), ...tags }).length > mostTags) {
      throw validationError(`A resource may have at most ${mostTags} tags`)
    }
    table.add(resourceArn, tags)
    return { json: {} }
  },
}
