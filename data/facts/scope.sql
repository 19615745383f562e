-- What a question may see, and what is declared of the KPIs: after which milestone a count is not expected any more. It
-- names every parameter, so that one set of values binds every question.
SELECT
    $as_of::DATE AS as_of, $known_at::BIGINT AS known_at, $baseline::VARCHAR AS baseline, $since::DATE AS since,
    $cros::VARCHAR[] AS cros, $studies::VARCHAR[] AS studies, $areas::VARCHAR[] AS areas, $phases::VARCHAR[] AS phases,
    $tiers::VARCHAR[] AS tiers, $pms::VARCHAR[] AS pms, $engagements::VARCHAR[] AS engagements,
    $visible_cros::VARCHAR[] AS visible_cros, $visible_engagements::VARCHAR[] AS visible_engagements,
    $expected_until::MAP(VARCHAR, VARCHAR) AS expected_until
