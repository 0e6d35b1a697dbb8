/** Local mail: the domains that are yours, further addresses, and who gets the rest. */
import { Fields, Page } from '../parts/page.tsx'
import { WordsSetting } from '../parts/words-setting.tsx'
import { Aliases } from './aliases.tsx'
import { CatchAll } from './catch-all.tsx'

export function LocalMailPage() {
  return (
    <Page title="Local mail" sentence="Which mail is yours, and whose mailbox it comes to.">
      <Fields>
        <WordsSetting path={['localDomains']} placeholder="example.com" />
        <Aliases />
        <CatchAll />
      </Fields>
    </Page>
  )
}
