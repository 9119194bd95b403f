"""Features of a job board: will this person apply, and will they be invited?"""

use "std/ctr.fx" as ctr
use "std/sequence.fx" as sequence
use "std/text.fx" as text
use "std/time.fx" as time

input request {
    now: timestamp
    title: string?
    skills: list<string>
    years_of_experience: float?
    education: string?
    wanted_salary: float?
    place: {latitude: float, longitude: float}?
    remote_only: bool
    languages: map<string, int>
    profile: vector<32>?
    "Jobs looked at before now, oldest first."
    viewed: list<{company: int, field: string, salary: float?, applied: bool, at: timestamp}>
}

input candidate {
    job: int
    company: int
    field: string
    job_title: string
    description: string
    must_have, nice_to_have: list<string>
    years_wanted: float?
    education_wanted: string?
    salary_from, salary_to: float?
    place_of_job: {latitude: float, longitude: float}?
    remote: bool
    languages_wanted: map<string, int>
    posted: timestamp
    closes: timestamp?
    views, applications, invitations: int
    embedding: vector<32>?
    applied: bool
    invited: bool
}

let levels = ["none", "school", "vocational", "bachelor", "master", "doctor"]
let level(education) = levels.index_of(education) ?? 0
let known_skills = skills.map(s -> s.fold_case())
let needed = must_have.map(s -> s.fold_case())
let welcome = nice_to_have.map(s -> s.fold_case())
let past = sequence.before(viewed, now)
let past_applied = past.filter(v -> v.applied)

"Whether the person applied."
@owner("matching")
feature application : label = applied

"Whether the company invited the person."
@owner("matching")
feature invitation : label = invited

"Share of the skills that the job asks for which the person has."
@owner("skills")
feature must_have_share : dense = overlap_ratio(needed, known_skills) ?? 1.0

"Share of the skills that are welcome which the person has."
@owner("skills")
feature nice_to_have_share : dense = overlap_ratio(welcome, known_skills) ?? 0.0

"Skills that are missing, at most 20."
@owner("skills")
feature missing_skills : ids(2 ** 16, max = 20) =
    difference(needed, known_skills).take_first(20).hash_bucket(2 ** 16)

"Skills that both name."
@owner("skills")
feature shared_skills : ids(2 ** 16, max = 20) =
    intersect(known_skills, concat(needed, welcome)).take_first(20).hash_bucket(2 ** 16)

"Words that the two titles share."
@owner("text")
feature title_likeness : dense = text.similarity(title ?? "", job_title)

"Skills of the person that the description names, by how many."
@owner("text")
feature named_skills : dense = log1p(intersect(known_skills, text.words(description)).length())

"Cosine of profile and description."
@owner("text")
feature similarity : dense = cosine(profile, embedding) ?? 0.0

"Years that the person has beyond what is wanted, at most five either way; 0 where unknown."
@owner("career")
feature experience_gap : dense = (years_of_experience - years_wanted).clip(-5.0, 5.0) ?? 0.0

"Steps of education beyond what is wanted."
@owner("career")
feature education_gap : dense = level(education) - level(education_wanted)

"Languages that the person speaks well enough."
@owner("career")
feature languages_met : dense =
    ratio(
        languages_wanted.entries().count(l -> (languages[l.key] ?? 0) >= l.value),
        languages_wanted.keys().length(),
    )
        ?? 1.0

"Highest salary offered over the salary wanted, as a logarithm; 0 where one is unknown."
@owner("salary")
feature salary_fit : dense = log(ratio(salary_to, wanted_salary)) ?? 0.0

"Middle of the salary over the median of the jobs that the person applied to."
@owner("salary")
feature salary_of_past : dense =
    log(ratio((salary_from + salary_to) / 2.0, past_applied.map(v -> v.salary).median())) ?? 0.0

"Kilometres to work, on a log scale; 0 for remote work, as if 30 where a place is unknown."
@owner("place")
feature commute : dense =
    if remote then 0.0
    else log1p(
        haversine_distance(
            place.latitude,
            place.longitude,
            place_of_job.latitude,
            place_of_job.longitude,
        )
            / 1000.0,
    )
        ?? 3.4

"Whether the person wants to work at home only and the job is elsewhere."
@owner("place")
feature not_remote : dense = remote_only and not remote

"Share of the jobs applied to that were of this field."
@owner("interest")
feature field_share : dense = sequence.share_of(past_applied.map(v -> v.field), field)

"Views of this company's jobs in a month."
@owner("interest")
feature company_views : dense =
    log1p(sequence.count_in_last(past.filter(v -> v.company == company), now, 30d))

"Share of the last ten jobs seen that the person applied to: how urgent it is."
@owner("interest")
feature urgency : dense = ratio(past.take_last(10).count(v -> v.applied), 10) ?? 0.0

"Field of work by level of education."
@owner("memory")
feature field_x_education : id(2 ** 12) =
    cross(field, level(education)).hash_bucket(2 ** 12, seed = 1)

"The job, hashed."
@owner("memory")
feature job_id : id(2 ** 20) = job.hash_bucket(2 ** 20, seed = 2)

"The company, hashed."
@owner("memory")
feature company_id : id(2 ** 18) = company.hash_bucket(2 ** 18, seed = 3)

"Applications for each view."
@owner("demand")
feature application_rate : dense = ctr.smoothed(applications, views, prior = 0.05, weight = 50.0)

"Invitations for each application."
@owner("demand")
feature invitation_rate : dense =
    ctr.smoothed(invitations, applications, prior = 0.1, weight = 20.0)

"Applications a day, on a log scale."
@owner("demand")
feature competition : dense =
    log1p(applications / maximum(time.age_in_days(posted, now), 1.0)) ?? 0.0

"Weeks since the job was posted, at most 26."
@owner("demand")
feature age_weeks : dense = minimum(time.age_in_days(posted, now) / 7.0, 26.0)

"Whether the job closes within three days; 0 where it stays open."
@owner("demand")
feature closes_soon : dense = (closes - now < 3d).to_float() ?? 0.0
