/** How much goes to each of a mail sender's servers. */
import { TextSetting } from '../parts/text-setting.tsx'
import type { Path } from '../state/paths.ts'

export function RouteLimits({ path }: { readonly path: Path }) {
  const limits = [...path, 'limits']
  return (
    <div className="card-fields">
      <TextSetting path={[...limits, 'connections']} placeholder="10" isNumber isOptional />
      <TextSetting path={[...limits, 'messagesPerMinute']} placeholder="30" isNumber isOptional />
      <TextSetting path={[...limits, 'recipientsPerMessage']} placeholder="100" isNumber isOptional />
    </div>
  )
}
