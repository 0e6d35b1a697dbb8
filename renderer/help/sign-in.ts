/** The help about signing in with OAuth2 at Microsoft and Google. */
import type { Topic } from './topic.ts'

/** How an office registers Postern with its provider. */
export const registration = {
  microsoft: `
**Microsoft**, in the Entra admin center:

- **App registrations**, New registration: accounts in this directory only; redirect URI of the kind **Public client/native**, \`http://localhost\`.
- **Authentication**: allow public client flows, for signing in with a code.
- **API permissions**: Microsoft Graph, delegated, \`SMTP.Send\` and \`offline_access\`.
- From Overview take the **Application (client) ID**. No client secret is needed.
- Switch on **Authenticated SMTP** for the mailbox in the Microsoft 365 admin center; without it the server refuses with \`5.7.139\`.
`.trim(),
  google: `
**Google**, in the Cloud console, Google Auth Platform:

- **Audience**: Internal, with Google Workspace. While an external app is in Testing, Google ends each sign-in after seven days.
- **Data access**: add the scope \`https://mail.google.com/\`.
- **Clients**: create a **Desktop app**; take its client id and its client secret.
`.trim(),
}

export const signInTopic: Topic = {
  id: 'sign-in',
  title: 'Signing in with OAuth2',
  words: `
Microsoft 365 and Google take mail from programs that **you allow once in a browser**. Printers and programs in the office go on speaking plain SMTP to Postern; only Postern signs in. Choose it at a sender under [Mail senders](senders): **Kind of sign-in**, OAuth2.

Your office registers Postern with its provider once, and gets a **client id** for it.

${registration.microsoft}

${registration.google}

Then apply, and press **Sign in** at the sender. On a machine without a browser take a code, which you enter anywhere; Google gives none for mail. In a terminal: \`postern secret login\` and the name that the secret is kept under.

Postern renews what you allowed by itself. If the provider refuses that one day, since the password was changed say, **mail waits and is not returned**; the tray and [Status](status) say so, and it goes as soon as you have signed in again.
`,
}
