// Words by which people ask for a thing, and those by which skills call it. General on purpose: about no project, no product.
import { wordsOf } from './search-words.ts';

const GROUPS = `
accessible accessibility blind disabled keyboard screen-reader
backup dump restore
bill cost expense invoice price spending
break cut divide separate split
bug defect fault error regression
call meeting transcript conversation
candidate applicant hiring interview
certificate cert https ssl tls
chart diagram graph plot visualise
column field schema table migration
container docker image
crash abort core die segfault
customer client person user visitor
database db sql
delete drop erase remove
dependency library package vendor
deploy publish release rollout ship
describe document documentation manual readme
docs documentation openapi swagger
duplicate double twice repeated
email mail newsletter
employee colleague developer newcomer onboarding
flaky intermittent random sometimes unreliable
form input field
hotkey key shortcut
image photo picture screenshot
incident outage downtime postmortem
international language locale localise translate i18n
job queue worker task
kubernetes k8s pod cluster
key credential password secret token
limit quota throttle rate
login auth authenticate sign-in
mobile android app ios iphone phone
obsolete ancient deprecated old outdated stale
performance fast latency slow speed
personal privacy gdpr
plan estimate schedule
presentation deck powerpoint slides
pull-request pr review merge-request
reduce minimise shrink slim small smaller optimise
regex expression pattern regexp
rename migrate change
revert restore rollback undo back
security attack hacker threat vulnerability weakness
spreadsheet csv excel xlsx
summarise digest notes recap summary
switch flag toggle
test check verify
typo misspelling spelling
add append insert create
api endpoint route
big large huge size
browser web website page site
cache store
choose pick select decide
configuration config setting option preference
copy duplicate clone
find search look
fix repair mend solve
function method
line row record entry
log trace audit
memory ram heap
network connection connect
parallel concurrent
quick fast
repository repo git
run execute start launch
send deliver post
server host machine
show display render
stop abort cancel kill
upgrade bump update raise
`;

/** For each stem those that may stand for it. */
export function taskWords(): ReadonlyMap<string, readonly string[]> {
  const alike = new Map<string, string[]>();
  for (const line of GROUPS.trim().split('\n')) {
    const stems = [...new Set(line.split(' ').flatMap((word) => wordsOf(word.replaceAll('-', ''))))];
    for (const stem of stems) alike.set(stem, [...(alike.get(stem) ?? []), ...stems.filter((other) => other !== stem)]);
  }
  return alike;
}
