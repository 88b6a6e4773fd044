// Words that developers use for one another. General on purpose: nothing in it is about one project.
import { stem } from './stem.ts';

const GROUPS = `
add append insert create make new
allow permit enable authorize
api endpoint route
approve accept confirm sign-off
archive store keep
argument parameter option flag setting config configuration preference
assign allocate delegate
async asynchronous background
authentication authorization auth login signin signon
avatar picture photo image thumbnail preview icon
backoff retry reattempt
begin start launch boot startup bootstrap
branch fork
bug defect issue problem fault
build compile bundle
cache memoize
cancel abort stop interrupt kill terminate
change modify edit update alter
check verify validate assert test
clean cleanup tidy purge
client customer user tenant account consumer
close shut exit quit
code source
colour color theme hue
command script task
commit checkin
compress gzip shrink minify
concurrent parallel simultaneous
connect link attach
container docker image
convention rule guideline standard policy
convert transform translate map
copy duplicate clone
count number total
crash die fail failure error exception broken
credential secret password key token
currency money amount price cost fee
custom bespoke
data information
database db sql postgres mysql
date day time
deadlock lock mutex
debounce throttle delay wait pause
debug diagnose troubleshoot inspect
default fallback standard
delete remove erase drop destroy unlink purge
dependency package library module
deploy release ship rollout publish
deprecated legacy old obsolete former
directory folder dir
disable deactivate
document documentation docs readme
download fetch retrieve
duplicate repeat
email mail
encrypt cipher
environment env stage
event message notification
expire expiry expiration timeout ttl lifetime
export dump
fast quick speed performance latency
feature capability
file document
find search look lookup locate
fix repair correct resolve
float decimal double
force require mandatory must
format style prettify
forbid ban prohibit never disallow
frequency often interval rate schedule
frontend ui client browser
function method helper procedure hook
generate produce render create
global singleton
guide runbook howto manual instructions
handle process deal
hide conceal mask
history log record
host server machine node
identifier id key
import load ingest
improve optimize tune
index catalogue
inform notify alert warn
input field box
install setup
interface contract
invalid wrong bad malformed
invalidate evict flush
job task worker
json payload body
large big huge
leak reveal expose disclose
limit maximum max cap threshold quota
lint linter eslint
list enumerate
log write record
merge combine join
metric telemetry monitoring analytics
migrate migration upgrade
missing absent
mock stub fake double
move relocate transfer
name call title
network net http
nightly daily
notification push
obtain get acquire
order sequence sort
owner responsible maintainer
page screen view
parse read decode
pay payment charge bill
permission access right role
plan subscription
port socket
prefer favor choose
prevent avoid block
print show display output
production prod live
proxy gateway
publish emit send broadcast fire dispatch trigger
query statement request
queue backlog
random arbitrary
rebase rewrite
record save store persist write
refactor restructure rewrite
refuse reject deny decline
region zone
replica standby secondary
report summary
reset restore revert rollback undo
response reply answer
restart reboot reload
restrict constrain
reuse share
review reviewer
rotate renew refresh
row record entry
run execute invoke
scan crawl
schedule timetable calendar
schema structure
sign-in login
sign-up register registration
size length
slow sluggish long
snapshot copy
split separate divide
stale outdated old
string text
switch toggle
table relation
temporary temp tmp
thread conversation
timezone utc
trace track
transaction tx
translation locale i18n localization
type kind
unique distinct
upload attach
url link address
variable var
version revision
wait await
website site web
worker process pool
`;

const related = new Map<string, Set<string>>();
for (const line of GROUPS.trim().split('\n')) {
  const stems = line.split(' ').map((word) => stem(word.replaceAll('-', '')));
  for (const each of stems) {
    const others = related.get(each) ?? new Set();
    for (const other of stems) if (other !== each) others.add(other);
    related.set(each, others);
  }
}

/** Stems of words that may stand for this one; empty where there are none. */
export function synonymsOf(term: string): readonly string[] {
  return [...(related.get(term) ?? [])];
}
