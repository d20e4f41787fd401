import { acceptDeletion } from '../modify/accept-deletion.ts'
import { completeLater } from '../modify/complete-modifications.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'

export const deleteImageSet: Operation = {
  name: 'DeleteImageSet',
  method: 'POST',
  path: '/datastore/{datastoreId}/imageSet/{imageSetId}/deleteImageSet',
  async run({ parameters }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const imageSetId = check.id(parameters['imageSetId'], 'imageSetId')
    check.finish()
    const { state, workflowStatus } = await context.store.turns.run(async () =>
      acceptDeletion({ datastoreId, imageSetId }, context),
    )
    completeLater(context)
    return { json: { datastoreId, imageSetId, imageSetState: state, imageSetWorkflowStatus: workflowStatus } }
  },
}
