package command

const signaturesTopic = `Keys and approvals

An approval is bound to the digest of a change: to exactly what happens, where, and whether it can be taken back. When the plan
changes, the approval is void. plumb.yaml says how many are needed and from whom; where nothing else is asked for, an approval is
an entry on record under the name that git's user.email says.

Where .plumb/allowed_signers is applied, nothing counts that is not signed by a key of that file: no approval, refusal, change
or run. It is in the format that stock ssh-keygen reads, and ssh-keygen makes the signatures. Keys come from an agent, a file or
a security key, as for git's own commits:

  git config --global gpg.format ssh
  git config --global user.signingkey ~/.ssh/id_ed25519.pub

or plumb.signingkey for those who sign commits with something else. ssh-keygen -t ed25519 makes a key.

  plumb init --key                                 adds your key to the file
  plumb init --key bob.pub --for bob@example.org   adds that of a colleague
  plumb init --revoke SHA256:…                     lets nothing count any more that is signed by that key
  plumb keys                                       shows whose signatures count where, and whether yours do

All of them only edit files. What counts in an environment is the file of the revision that was applied there last, so a new key
counts once a change with it was allowed by the keys from before, and then was applied.

Trust on first use: before anything was applied in an environment, the file on its branch counts as this clone met it first,
and nobody vouches for it. plumb says so and shows the fingerprints; compare them by another way than the repository.`
