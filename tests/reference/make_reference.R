# Reference results for the estimators, from R packages.
# Run from the repository root: Rscript tests/reference/make_reference.R
# Reads tests/reference/data/*.csv only; writes tests/reference/r_results/.
# Needs Debian's r-cran-{plm,sandwich,lmtest,aer,clubsandwich,estimatr}.
# Nothing here draws random numbers: two runs give the same bytes.

suppressPackageStartupMessages({
  library(plm); library(sandwich); library(lmtest)
  library(AER); library(clubSandwich); library(estimatr)
})
options(digits = 15, warn = 1)

here <- file.path("tests", "reference")
read <- function(name) {
  read.csv(file.path(here, "data", paste0(name, ".csv")), stringsAsFactors = FALSE)
}
version_of <- function(p) {
  if (p == "base R") as.character(getRversion()) else as.character(packageVersion(p))
}

rows <- list()
add <- function(case, dataset, software, estimator, se_type, term, estimate,
                se = NA, df = NA, n = NA, note = "") {
  rows[[length(rows) + 1]] <<- data.frame(
    case = case, dataset = dataset, software = software,
    version = version_of(software), estimator = estimator, se_type = se_type,
    term = term, estimate = as.numeric(estimate), se = as.numeric(se),
    df = as.numeric(df), n = as.numeric(n), note = note, row.names = NULL)
}

# A failing call is reported on the console and leaves no row.
attempt <- function(label, expr) {
  tryCatch(expr, error = function(e) {
    message("NOT AVAILABLE ", label, ": ", conditionMessage(e))
    NULL
  })
}

# Estimates `b` with the diagonal of `v`, restricted to `terms`.
add_vcov <- function(case, dataset, software, estimator, se_type, b, v, terms,
                     df, n, note = "") {
  if (is.null(v) || anyNA(diag(as.matrix(v))[terms])) return(invisible())
  add(case, dataset, software, estimator, se_type, terms, b[terms],
      sqrt(diag(as.matrix(v))[terms]), df, n, note)
}

add_test <- function(case, dataset, software, estimator, name, statistic,
                     p_value, df = NA, n = NA, note = "") {
  add(case, dataset, software, estimator, "test", paste0(name, ":statistic"),
      statistic, NA, df[1], n, note)
  add(case, dataset, software, estimator, "test", paste0(name, ":p_value"),
      p_value, NA, df[1], n, note)
}

# ---------------------------------------------------------------- linear panel

# Dummies follow the slopes, so that aliased columns are dummies, never slopes.
dummies <- function(effects) {
  if (length(effects)) paste0(" + factor(", effects, ")", collapse = "") else ""
}
effect_name <- c(pooled = "pooled", entity = "individual", time = "time",
                 entity_time = "twoways")

jackknife <- function(b, delete) {
  d <- sweep(delete, 2, b)
  g <- nrow(delete)
  m <- sweep(delete, 2, colMeans(delete))
  list(full = (g - 1) / g * crossprod(d), mean = (g - 1) / g * crossprod(m))
}

linear_case <- function(dataset, spec, formula, data, entity, time, effects,
                        lsdv_small = TRUE, scc_lags = 0:3) {
  case <- paste(dataset, spec, effects, sep = "_")
  keys <- list(pooled = NULL, entity = entity, time = time,
               entity_time = c(entity, time))[[effects]]
  data <- data[order(data[[entity]], data[[time]]), ]
  data$.e <- factor(data[[entity]])
  data$.t <- factor(data[[time]])
  n <- nrow(data)

  # Least squares with dummies.
  lsdv <- lm(as.formula(paste(deparse1(formula), dummies(keys))), data)
  terms <- attr(terms(formula), "term.labels")
  if (effects == "pooled") terms <- c("(Intercept)", terms)
  b <- coef(lsdv)[!is.na(coef(lsdv))]
  df <- lsdv$df.residual
  put <- function(software, se_type, v, note = "", df_ = df) {
    add_vcov(case, dataset, software, effects, se_type, b, v, terms, df_, n, note)
  }
  put("base R", "classical", vcov(lsdv), "lm with dummies")
  add(case, dataset, "base R", effects, "fit", "sigma2", sigma(lsdv)^2, NA, df, n,
      "lm with dummies")
  add(case, dataset, "base R", effects, "fit", "r2_overall",
      summary(lsdv)$r.squared, NA, df, n, "lm with dummies")
  # A row of leverage one, a singleton's, has no HC2 or HC3.
  whites <- if (max(hatvalues(lsdv)) > 1 - 1e-8) c("HC0", "HC1") else
    c("HC0", "HC1", "HC2", "HC3")
  for (type in whites) {
    put("sandwich", type, vcovHC(lsdv, type = type),
        sprintf("vcovHC(lm with dummies, type='%s')", type))
  }
  clusters <- list(entity = ~.e, time = ~.t, entity_time = ~.e + .t)
  for (by in names(clusters)) {
    for (type in c("HC0", "HC1")) for (cadjust in c(TRUE, FALSE)) {
      for (multi0 in if (by == "entity_time") c(FALSE, TRUE) else FALSE) {
        label <- sprintf("cluster_%s:%s:cadjust=%s%s", by, type, cadjust,
                         if (by == "entity_time") paste0(":multi0=", multi0) else "")
        v <- vcovCL(lsdv, cluster = clusters[[by]], type = type,
                    cadjust = cadjust, multi0 = multi0, fix = FALSE)
        put("sandwich", label, v, "vcovCL(lm with dummies)",
            if (by == "entity") nlevels(data$.e) - 1 else
            if (by == "time") nlevels(data$.t) - 1 else
            min(nlevels(data$.e), nlevels(data$.t)) - 1)
      }
    }
  }

  # plm: the within transformation; k counts the slopes only.
  # clubSandwich evaluates the call's data in the formula's environment.
  environment(formula) <- environment()
  pdata <- pdata.frame(data, index = c(entity, time))
  fit <- if (effects == "pooled") {
    plm(formula, pdata, model = "pooling")
  } else {
    plm(formula, pdata, model = "within", effect = effect_name[[effects]])
  }
  pb <- coef(fit)
  pdf <- fit$df.residual
  pput <- function(se_type, v, note, software = "plm", df_ = pdf) {
    add_vcov(case, dataset, software, effects, se_type, pb, v, terms, df_, n, note)
  }
  pput("classical", vcov(fit), "plm")
  add(case, dataset, "plm", effects, "fit", "r2_within", r.squared(fit), NA, pdf, n,
      "r.squared(plm)")
  for (type in c("HC0", "HC1", "HC2", "HC3")) {
    pput(paste0("white1:", type), vcovHC(fit, method = "white1", type = type),
         sprintf("plm vcovHC(method='white1', type='%s')", type))
  }
  for (by in c("group", "time")) for (type in c("HC0", "sss", "HC1")) {
    pput(sprintf("cluster_%s:%s", c(group = "entity", time = "time")[[by]], type),
         vcovHC(fit, method = "arellano", type = type, cluster = by),
         sprintf("plm vcovHC(type='%s', cluster='%s')", type, by))
  }
  for (type in c("HC0", "sss")) {
    pput(paste0("cluster_entity_time:", type), vcovDC(fit, type = type),
         sprintf("plm vcovDC(type='%s')", type))
    for (lag in scc_lags) {
      pput(sprintf("driscoll_kraay:%s:maxlag=%d", type, lag),
           vcovSCC(fit, type = type, maxlag = lag),
           sprintf("plm vcovSCC(type='%s', maxlag=%d), Bartlett weights", type, lag))
    }
  }
  pput("driscoll_kraay:HC0:default", vcovSCC(fit, type = "HC0"),
       "plm vcovSCC(type='HC0'), default maxlag = floor(T^(1/4))")

  # clubSandwich on the plm object, and on the dummies where these are few.
  for (type in c("CR0", "CR1", "CR1p", "CR1S", "CR2", "CR3")) {
    note <- sprintf("clubSandwich vcovCR(%%s, cluster = entity, type='%s')", type)
    satterthwaite <- function(object, v, labels) {
      if (type != "CR2") return(nlevels(data$.e) - 1)
      ct <- coef_test(object, vcov = v, test = "Satterthwaite")
      if (!is.null(ct$Coef)) ct$df_Satt[match(labels, ct$Coef)] else
        ct[labels, "df"]
    }
    v <- attempt(paste(case, "clubSandwich plm", type),
                 vcovCR(fit, cluster = as.integer(data$.e), type = type))
    if (!is.null(v)) {
      pput(paste0("cluster_entity:", type, ":plm"), v, sprintf(note, "plm"),
           "clubSandwich", satterthwaite(fit, v, terms))
    }
    if (lsdv_small) {
      v <- attempt(paste(case, "clubSandwich lm", type),
                   vcovCR(lsdv, cluster = data$.e, type = type))
      if (!is.null(v)) {
        put("clubSandwich", paste0("cluster_entity:", type, ":lm"), v,
            sprintf(note, "lm with dummies"), satterthwaite(lsdv, v, terms))
      }
    }
  }

  # estimatr: absorbed effects.
  fe <- if (length(keys)) as.formula(paste("~", paste(keys, collapse = "+")))
  robust <- function(se_type, cluster) {
    args <- list(formula = formula, data = data, se_type = se_type)
    if (!is.null(fe)) args$fixed_effects <- fe
    if (cluster) args$clusters <- data$.e
    do.call(lm_robust, args)
  }
  for (type in c("classical", "HC0", "HC1", "HC2", "HC3")) {
    r <- attempt(paste(case, "estimatr", type), robust(type, FALSE))
    if (!is.null(r)) {
      add(case, dataset, "estimatr", effects, type, terms, r$coefficients[terms],
          r$std.error[terms], r$df[terms], n,
          sprintf("lm_robust(fixed_effects, se_type='%s')", type))
    }
  }
  for (type in c("CR0", "stata", "CR2")) {
    r <- attempt(paste(case, "estimatr", type), robust(type, TRUE))
    if (!is.null(r)) {
      add(case, dataset, "estimatr", effects, paste0("cluster_entity:", type),
          terms, r$coefficients[terms], r$std.error[terms], r$df[terms], n,
          sprintf("lm_robust(fixed_effects, clusters = entity, se_type='%s')", type))
    }
  }

  # Delete-one-entity jackknife by refitting; centred on the full-sample estimate
  # (as MacKinnon, Nielsen and Webb's CV3) and on the mean of the replicates (CV3J).
  refit <- function(g) {
    p <- pdata[data$.e != g, ]
    coef(if (effects == "pooled") plm(formula, p, model = "pooling") else
         plm(formula, p, model = "within", effect = effect_name[[effects]]))[terms]
  }
  jack <- jackknife(pb[terms], t(vapply(levels(data$.e), refit, pb[terms])) |>
                      matrix(ncol = length(terms), dimnames = list(NULL, terms)))
  pput("cluster_entity:jackknife:centre=estimate", jack$full,
       "base R: entities deleted one at a time", "base R", nlevels(data$.e) - 1)
  pput("cluster_entity:jackknife:centre=mean", jack$mean,
       "base R: entities deleted one at a time", "base R", nlevels(data$.e) - 1)
}

grunfeld <- read("Grunfeld")
petersen <- read("PetersenCL")
empl <- read("EmplUK")
produc <- read("Produc")
wages <- read("Wages")
mroz <- read("PSID1976")

all_effects <- c("pooled", "entity", "time", "entity_time")
empl_formula <- log(emp) ~ log(wage) + log(capital) + log(output)
produc_formula <- log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp
for (effects in all_effects) {
  linear_case("Grunfeld", "main", inv ~ value + capital, grunfeld,
              "firm", "year", effects)
  linear_case("Grunfeld", "interaction", inv ~ value + capital + value:capital,
              grunfeld, "firm", "year", effects)
  linear_case("PetersenCL", "main", y ~ x, petersen, "firm", "year", effects,
              lsdv_small = effects %in% c("pooled", "time"))
  linear_case("EmplUK", "main", empl_formula, empl, "firm", "year", effects)
  linear_case("Produc", "main", produc_formula, produc, "state", "year", effects)
}

# ------------------------------------------------------------------ singletons

single <- read("EmplUK_singletons")
kept <- single[ave(single$year, single$firm, FUN = length) > 1, ]
for (effects in c("entity", "entity_time")) {
  linear_case("EmplUK_singletons", "kept", empl_formula, single, "firm", "year",
              effects)
  linear_case("EmplUK_singletons", "dropped", empl_formula, kept, "firm", "year",
              effects)
}

# ------------------------------------------- weights, three effects, Poisson

dummy_case <- function(case, dataset, fit, terms, estimator, clusters, note) {
  b <- coef(fit)[!is.na(coef(fit))]
  n <- nobs(fit)
  df <- fit$df.residual
  add_vcov(case, dataset, "base R", estimator, "classical", b, vcov(fit), terms,
           df, n, note)
  for (type in c("HC0", "HC1")) {
    add_vcov(case, dataset, "sandwich", estimator, type, b,
             vcovHC(fit, type = type), terms, df, n, note)
    for (by in names(clusters)) for (cadjust in c(TRUE, FALSE)) {
      add_vcov(case, dataset, "sandwich", estimator,
               sprintf("cluster_%s:%s:cadjust=%s", by, type, cadjust), b,
               vcovCL(fit, cluster = clusters[[by]], type = type,
                      cadjust = cadjust, multi0 = FALSE),
               terms, df, n, paste(note, "vcovCL(multi0=FALSE)"))
    }
  }
}

weighted <- lm(log(emp) ~ log(wage) + log(capital) + log(output) + factor(firm) +
                 factor(year), empl, weights = emp)
dummy_case("EmplUK_weighted_entity_time", "EmplUK", weighted,
           c("log(wage)", "log(capital)", "log(output)"), "entity_time_weighted",
           list(entity = ~firm, entity_time = ~firm + year),
           "lm with dummies, weights = emp;")

three <- lm(lwage ~ wks + union + married + factor(id) + factor(year) + factor(ind),
            transform(wages, union = as.integer(union == "yes"),
                      married = as.integer(married == "yes")))
dummy_case("Wages_three_effects", "Wages", three, c("wks", "union", "married"),
           "entity_time_industry", list(entity = ~id, entity_time = ~id + year),
           "lm with dummies for id, year and ind; union and married are 1 for yes;")

poisson_fit <- glm(gsp ~ log(pcap) + log(pc) + log(emp) + unemp + factor(state) +
                     factor(year), poisson, produc,
                   control = glm.control(epsilon = 1e-15, maxit = 100))
dummy_case("Produc_poisson_entity_time", "Produc", poisson_fit,
           c("log(pcap)", "log(pc)", "log(emp)", "unemp"), "poisson_entity_time",
           list(entity = ~state, entity_time = ~state + year),
           "glm(poisson) with dummies, gsp in levels;")

# ----------------------------- random effects, between, differences, Hausman

random_family <- function(dataset, spec, formula, data, entity, time,
                          fe_formula = formula) {
  base <- paste(dataset, spec, sep = "_")
  pdata <- pdata.frame(data, index = c(entity, time))
  n <- nrow(data)
  record <- function(case, fit, estimator, note, robust = TRUE) {
    b <- coef(fit)
    add_vcov(case, dataset, "plm", estimator, "classical", b, vcov(fit), names(b),
             fit$df.residual, nobs(fit), note)
    if (robust) for (type in c("HC0", "sss")) {
      add_vcov(case, dataset, "plm", estimator, paste0("cluster_entity:", type), b,
               vcovHC(fit, type = type, cluster = "group"), names(b),
               fit$df.residual, nobs(fit), note)
    }
  }
  random <- plm(formula, pdata, model = "random", random.method = "swar")
  record(paste0(base, "_random"), random, "random",
         "plm(model='random', random.method='swar')")
  ec <- ercomp(random)
  add(paste0(base, "_random"), dataset, "plm", "random", "variance components",
      c("sigma2_idios", "sigma2_entity"), ec$sigma2[c("idios", "id")], n = n,
      note = "ercomp")
  theta <- unlist(ec$theta)
  add(paste0(base, "_random"), dataset, "plm", "random", "variance components",
      c("theta_min", "theta_max"), range(theta), n = n, note = "ercomp")

  between <- plm(formula, pdata, model = "between")
  record(paste0(base, "_between"), between, "between", "plm(model='between')", FALSE)

  within_fit <- plm(fe_formula, pdata, model = "within")
  fd <- plm(fe_formula, pdata, model = "fd")
  record(paste0(base, "_first_difference"), fd, "first_difference",
         "plm(model='fd'), keeps an intercept")
  # plm drops a regressor that grows by the same amount everywhere, as exp in Wages.
  fd0 <- plm(update(fe_formula, . ~ . - 1), pdata, model = "fd")
  if (length(coef(fd0)) == length(coef(within_fit))) {
    record(paste0(base, "_first_difference_no_intercept"), fd0,
           "first_difference_no_intercept", "plm(model='fd'), formula with - 1")
  }

  record(paste0(base, "_within"), within_fit, "entity", "plm(model='within')")
  random_fe <- plm(fe_formula, pdata, model = "random", random.method = "swar")
  h <- phtest(within_fit, random_fe)
  add_test(paste0(base, "_hausman"), dataset, "plm", "hausman", "hausman:chisq",
           h$statistic, h$p.value, h$parameter, n, "phtest(within, random)")
  h <- phtest(fe_formula, pdata, method = "aux")
  add_test(paste0(base, "_hausman"), dataset, "plm", "hausman", "hausman:aux",
           h$statistic, h$p.value, h$parameter, n, "phtest(method='aux')")
  for (type in c("HC0", "sss")) {
    h <- phtest(fe_formula, pdata, method = "aux",
                vcov = function(x) vcovHC(x, type = type, cluster = "group"))
    add_test(paste0(base, "_hausman"), dataset, "plm", "hausman",
             paste0("hausman:aux:", type), h$statistic, h$p.value, h$parameter, n,
             sprintf("phtest(method='aux', vcov = vcovHC(type='%s'))", type))
  }

  # Mundlak: pooled and random with entity means of the time-varying regressors.
  mm <- model.matrix(fe_formula, data)[, -1, drop = FALSE]
  means <- apply(mm, 2, function(x) ave(x, data[[entity]]))
  names_ <- make.names(colnames(mm))
  colnames(mm) <- names_
  colnames(means) <- paste0("mean_", names_)
  frame <- data.frame(y = model.response(model.frame(fe_formula, data)), mm, means,
                      e = data[[entity]], t = data[[time]])
  pmeans <- pdata.frame(frame, index = c("e", "t"))
  mundlak_formula <- reformulate(c(colnames(mm), colnames(means)), "y")
  record(paste0(base, "_mundlak_pooled"),
         plm(mundlak_formula, pmeans, model = "pooling"), "mundlak_pooled",
         "plm(model='pooling') with entity means")
  # Swamy-Arora's between regression is singular here on unbalanced panels in plm.
  mundlak <- attempt(paste(base, "mundlak"),
                     plm(mundlak_formula, pmeans, model = "random",
                         random.method = "swar"))
  if (!is.null(mundlak)) {
    record(paste0(base, "_mundlak_random"), mundlak, "mundlak_random",
           "plm(model='random', random.method='swar') with entity means")
  }
}

random_family("Grunfeld", "main", inv ~ value + capital, grunfeld, "firm", "year")
empl_log <- data.frame(empl[c("firm", "year")],
                       setNames(log(empl[c("emp", "wage", "capital", "output")]),
                                paste0("log_", c("emp", "wage", "capital", "output"))))
random_family("EmplUK", "logs", log_emp ~ log_wage + log_capital + log_output,
              empl_log, "firm", "year")
wages_num <- transform(wages,
  bluecol = as.integer(bluecol == "yes"), south = as.integer(south == "yes"),
  smsa = as.integer(smsa == "yes"), married = as.integer(married == "yes"),
  union = as.integer(union == "yes"), female = as.integer(sex == "female"),
  black = as.integer(black == "yes"), exp2 = exp^2)
random_family("Wages", "cornwell_rupert",
  lwage ~ wks + south + smsa + married + exp + exp2 + bluecol + ind + union +
    female + black + ed, wages_num, "id", "year",
  lwage ~ wks + south + smsa + married + exp + exp2 + bluecol + ind + union)

# Fama-MacBeth: one cross-section a year, averaged.
by_year <- sapply(split(petersen, petersen$year), function(d) coef(lm(y ~ x, d)))
add("PetersenCL_fama_macbeth", "PetersenCL", "base R", "fama_macbeth",
    "standard error of the mean", rownames(by_year), rowMeans(by_year),
    apply(by_year, 1, sd) / sqrt(ncol(by_year)), ncol(by_year) - 1, nrow(petersen),
    "ten yearly cross-sections")

# ------------------------------------------------------------- dynamic panel GMM

# Arellano and Bond's m statistic on the differenced residuals of the fitted step.
# mtest() of plm 2.6-2 misplaces the differenced rows of system GMM.
ar_test <- function(fit, order, v) {
  a <- if (fit$args$model == "onestep") fit$A1 else fit$A2
  x <- lapply(fit$model, function(m) m[, -1, drop = FALSE])
  rows <- length(fit$residuals[[1]])
  differenced <- if (fit$args$transformation == "ld") (rows - 1) / 2 else rows
  w <- lapply(fit$residuals, function(e)
    c(rep(0, order), e[seq_len(differenced - order)], rep(0, rows - differenced)))
  we <- mapply(function(w, e) sum(w * e), w, fit$residuals)
  wx <- Reduce(`+`, Map(crossprod, w, x))
  zx <- Reduce(`+`, Map(crossprod, fit$W, x))
  zewe <- Reduce(`+`, Map(function(z, e, we) crossprod(z, e) * we, fit$W,
                          fit$residuals, we))
  bread <- solve(t(zx) %*% a %*% zx)
  drop(sum(we) / sqrt(sum(we^2) - 2 * wx %*% bread %*% t(zx) %*% a %*% zewe +
                        wx %*% v %*% t(wx)))
}

# In plm 2.6-2 the one-step weight matrix carries a factor n and no error variance.
# Hence its conventional one-step standard errors and tests are not recorded as they
# stand: for difference GMM they are rescaled here, for system GMM left out. Robust
# one-step and all two-step results do not depend on the scale.
gmm_case <- function(case, formula, ...) {
  fit <- pgmm(formula, data = pdata.frame(empl, index = c("firm", "year")), ...)
  one <- fit$args$model == "onestep"
  system <- fit$args$transformation == "ld"
  estimator <- paste0(if (system) "system" else "difference", "_gmm_",
                      if (one) "onestep" else "twostep")
  n <- if (system) NA else sum(lengths(fit$residuals)) -
    sum(unlist(lapply(fit$model, function(m) rowSums(m != 0) == 0)))
  put <- function(label, v, note, software = "plm") {
    b <- if (is.list(fit$coefficients)) fit$coefficients[[2]] else fit$coefficients
    b <- setNames(as.numeric(b), rownames(fit$vcov))
    add(case, "EmplUK", software, estimator, label, names(b), b, sqrt(diag(v)), NA,
        n, note)
  }
  put("robust", vcovHC(fit), if (one) "pgmm, vcovHC: cluster-robust" else
      "pgmm, vcovHC: Windmeijer's correction")
  kinds <- list(robust = vcovHC(fit))
  if (!one) {
    put("conventional", vcov(fit), "pgmm, vcov: not corrected")
    kinds$conventional <- vcov(fit)
  }
  for (kind in names(kinds)) for (order in 1:2) {
    name <- sprintf("ar%d:%s", order, kind)
    m <- ar_test(fit, order, kinds[[kind]])
    add_test(case, "EmplUK", "base R", estimator, name, m, 2 * pnorm(-abs(m)),
             note = "residuals of the fitted step")
    if (!system) {
      t <- mtest(fit, order, vcov = kinds[[kind]])
      add_test(case, "EmplUK", "plm", estimator, name, t$statistic, t$p.value,
               note = "mtest, residuals of the fitted step")
    }
  }
  if (one && !system) {
    units <- length(fit$W)
    k <- length(fit$coefficients)
    s2 <- sum(unlist(fit$residuals)^2) / (n - k) / 2
    put("conventional", vcov(fit) * s2 * units,
        "pgmm rescaled: s2 = RSS / (n - k) / 2", "base R")
    g <- Reduce(`+`, Map(crossprod, fit$W, fit$residuals))
    j <- drop(t(g) %*% fit$A1 %*% g) / units / s2
    df <- ncol(fit$W[[1]]) - k
    add_test(case, "EmplUK", "base R", estimator, "sargan", j,
             pchisq(j, df, lower.tail = FALSE), df,
             note = "pgmm rescaled: s2 = RSS / (n - k) / 2")
  }
  if (!one) {
    j <- sargan(fit)
    add_test(case, "EmplUK", "plm", estimator, "hansen", j$statistic, j$p.value,
             j$parameter, note = "sargan(): the two-step weight matrix")
  }
  add(case, "EmplUK", "plm", estimator, "fit", "instruments", ncol(fit$W[[1]]))
}

ab_a <- log(emp) ~ lag(log(emp), 1:2) + lag(log(wage), 0:1) +
  lag(log(capital), 0:2) + lag(log(output), 0:2) | lag(log(emp), 2:99)
ab_b <- log(emp) ~ lag(log(emp), 1:2) + lag(log(wage), 0:1) +
  log(capital) + lag(log(output), 0:1) | lag(log(emp), 2:99)
bb <- log(emp) ~ lag(log(emp), 1) + lag(log(wage), 0:1) +
  lag(log(capital), 0:1) | lag(log(emp), 2:99) + lag(log(wage), 2:99) +
  lag(log(capital), 2:99)
for (model in c("onestep", "twosteps")) {
  for (collapse in c(FALSE, TRUE)) {
    tail <- paste0("_", model, if (collapse) "_collapsed")
    gmm_case(paste0("EmplUK_arellano_bond_a", tail), ab_a, effect = "twoways",
             model = model, collapse = collapse)
    gmm_case(paste0("EmplUK_arellano_bond_b", tail), ab_b, effect = "twoways",
             model = model, collapse = collapse)
    gmm_case(paste0("EmplUK_blundell_bond", tail), bb, effect = "twoways",
             model = model, collapse = collapse, transformation = "ld")
  }
}

# ------------------------------------------------------------------ instruments

iv_case <- function(case, dataset, formula, data, terms, clusters = list(),
                    note = "") {
  fit <- ivreg(formula, data = data)
  b <- coef(fit)
  n <- nobs(fit)
  df <- fit$df.residual
  put <- function(software, label, v, more = "") {
    add_vcov(case, dataset, software, "2sls", label, b, v, terms, df, n,
             trimws(paste(note, more)))
  }
  put("AER", "classical", vcov(fit), "ivreg")
  for (type in c("HC0", "HC1")) {
    put("sandwich", type, vcovHC(fit, type = type), "vcovHC(ivreg)")
    for (by in names(clusters)) for (cadjust in c(TRUE, FALSE)) {
      put("sandwich", sprintf("cluster_%s:%s:cadjust=%s", by, type, cadjust),
          vcovCL(fit, cluster = data[all.vars(clusters[[by]])], type = type,
                 cadjust = cadjust, multi0 = FALSE), "vcovCL(ivreg, multi0=FALSE)")
    }
  }
  d <- summary(fit, diagnostics = TRUE)$diagnostics
  labels <- c("weak instruments" = "first_stage_f", "wu-hausman" = "wu_hausman",
              "sargan" = "sargan")
  for (r in rownames(d)) {
    key <- tolower(r)
    name <- if (key %in% names(labels)) labels[[key]] else
      gsub("[^a-z]+", "_", sub("weak instruments", "first_stage_f", key))
    if (is.na(d[r, "statistic"])) next
    add_test(case, dataset, "AER", "2sls", name, d[r, "statistic"],
             d[r, "p-value"], d[r, "df1"], n,
             sprintf("summary(ivreg, diagnostics=TRUE), df2=%s", d[r, "df2"]))
  }
  invisible(fit)
}

# Montiel Olea and Pflueger's effective F for one endogenous regressor.
effective_f <- function(case, dataset, first, instruments, vcov_function, label, n) {
  z <- model.matrix(first)
  z <- z[, !is.na(coef(first)), drop = FALSE]
  rest <- z[, setdiff(colnames(z), instruments), drop = FALSE]
  zt <- lm.fit(rest, z[, instruments, drop = FALSE])$residuals
  q <- crossprod(zt)
  p <- coef(first)[instruments]
  v <- vcov_function(first)[instruments, instruments, drop = FALSE]
  add(case, dataset, "base R", "2sls", "test",
      paste0("effective_f:", label, ":statistic"),
      drop(p %*% q %*% p) / sum(diag(v %*% q)), NA, length(instruments), n,
      "first-stage covariance from sandwich")
}

workers <- subset(mroz, participation == "yes")
iv_case("PSID1976_wage", "PSID1976",
        log(wage) ~ education + experience + I(experience^2) |
          meducation + feducation + experience + I(experience^2),
        workers, c("(Intercept)", "education", "experience", "I(experience^2)"))
first <- lm(education ~ meducation + feducation + experience + I(experience^2),
            workers)
for (type in c("const", "HC0", "HC1")) {
  effective_f("PSID1976_wage", "PSID1976", first, c("meducation", "feducation"),
              function(x) vcovHC(x, type = type), type, nrow(workers))
}
ols <- lm(log(wage) ~ education + experience + I(experience^2), workers)
dummy_case("PSID1976_wage_ols", "PSID1976", ols, names(coef(ols)), "ols",
           list(), "lm")

# Panel 2SLS: capital instrumented by its own first two lags.
lagged <- grunfeld[order(grunfeld$firm, grunfeld$year), ]
lag_by <- function(x, k) ave(x, lagged$firm, FUN = function(v)
  c(rep(NA, k), head(v, -k)))
lagged$capital_l1 <- lag_by(lagged$capital, 1)
lagged$capital_l2 <- lag_by(lagged$capital, 2)
lagged <- lagged[!is.na(lagged$capital_l2), ]
iv_case("Grunfeld_iv_entity_time", "Grunfeld",
        inv ~ value + capital + factor(firm) + factor(year) |
          value + capital_l1 + capital_l2 + factor(firm) + factor(year),
        lagged, c("value", "capital"),
        list(entity = ~firm, entity_time = ~firm + year),
        "firm and year dummies; years 1937-1954;")
first <- lm(capital ~ capital_l1 + capital_l2 + value + factor(firm) + factor(year),
            lagged)
effective_f("Grunfeld_iv_entity_time", "Grunfeld", first,
            c("capital_l1", "capital_l2"),
            function(x) vcovCL(x, cluster = ~firm, type = "HC1"),
            "cluster_entity:HC1:cadjust=TRUE", nrow(lagged))
panel_iv <- plm(inv ~ value + capital | value + capital_l1 + capital_l2,
                pdata.frame(lagged, index = c("firm", "year")), model = "within",
                effect = "twoways")
for (type in c("classical", "HC0", "sss")) {
  v <- if (type == "classical") vcov(panel_iv) else
    vcovHC(panel_iv, type = type, cluster = "group")
  add_vcov("Grunfeld_iv_entity_time", "Grunfeld", "plm", "2sls",
           if (type == "classical") type else paste0("cluster_entity:", type),
           coef(panel_iv), v, c("value", "capital"), panel_iv$df.residual,
           nrow(lagged), "plm(model='within', effect='twoways') with instruments")
}

# ------------------------------------------------------------- sample selection

# sampleSelection is not in Debian: Heckman's estimators are written out here.
mroz$nwife <- (mroz$fincome - mroz$hours * mroz$wage) / 1000
d <- as.integer(mroz$participation == "yes")
z <- model.matrix(~ nwife + education + experience + I(experience^2) + age +
                    youngkids + oldkids, mroz)
x <- model.matrix(~ education + experience + I(experience^2), mroz)
y <- ifelse(d == 1, log(mroz$wage), 0)
probit <- glm(d ~ z - 1, family = binomial("probit"),
              control = glm.control(epsilon = 1e-15, maxit = 100))
gamma <- setNames(coef(probit), colnames(z))
index <- drop(z %*% gamma)
# The observed information, not glm's expected one, as maximum likelihood has it.
lambda_obs <- ifelse(d == 1, dnorm(index) / pnorm(index),
                     -dnorm(index) / pnorm(-index))
v_gamma <- solve(crossprod(z * (lambda_obs * (lambda_obs + index)), z))
add("PSID1976_heckman_twostep", "PSID1976", "base R", "heckman_twostep",
    "classical", paste0("select:", colnames(z)), gamma, sqrt(diag(v_gamma)), NA,
    nrow(z), "glm probit; observed information")
s <- d == 1
mills <- dnorm(index[s]) / pnorm(index[s])
w <- cbind(x[s, ], lambda = mills)
beta <- solve(crossprod(w), crossprod(w, y[s]))[, 1]
e <- y[s] - drop(w %*% beta)
delta <- mills * (mills + index[s])
sigma2 <- sum(e^2) / sum(s) + beta[["lambda"]]^2 * mean(delta)
rho <- beta[["lambda"]] / sqrt(sigma2)
wd <- crossprod(w * delta, z[s, ])
a <- solve(crossprod(w))
v <- sigma2 * a %*% (crossprod(w * (1 - rho^2 * delta), w) +
                       rho^2 * wd %*% v_gamma %*% t(wd)) %*% a
add("PSID1976_heckman_twostep", "PSID1976", "base R", "heckman_twostep",
    "heckman", names(beta), beta, sqrt(diag(v)), NA, nrow(z),
    "variance of Heckman (1979) with the observed probit information")
add("PSID1976_heckman_twostep", "PSID1976", "base R", "heckman_twostep", "fit",
    c("sigma", "rho"), c(sqrt(sigma2), rho), n = nrow(z))

k <- ncol(z)
m <- ncol(x)
pieces <- function(theta) {
  g <- theta[1:k]; b <- theta[k + 1:m]
  sg <- exp(theta[k + m + 1]); r <- tanh(theta[k + m + 2])
  u <- (y[s] - drop(x[s, ] %*% b)) / sg
  list(zi = drop(z %*% g), u = u, sg = sg, r = r,
       a = (drop(z[s, ] %*% g) + r * u) / sqrt(1 - r^2))
}
minus_loglik <- function(theta) {
  p <- pieces(theta)
  -(sum(pnorm(-p$zi[!s], log.p = TRUE)) +
      sum(pnorm(p$a, log.p = TRUE) + dnorm(p$u, log = TRUE) - log(p$sg)))
}
minus_score <- function(theta) {
  p <- pieces(theta)
  h0 <- exp(dnorm(p$zi[!s], log = TRUE) - pnorm(-p$zi[!s], log.p = TRUE))
  h1 <- exp(dnorm(p$a, log = TRUE) - pnorm(p$a, log.p = TRUE))
  root <- sqrt(1 - p$r^2)
  -c(crossprod(z[!s, ], -h0) + crossprod(z[s, ], h1 / root),
     crossprod(x[s, ], (p$u - h1 * p$r / root) / p$sg),
     sum(p$u^2 - 1 - h1 * p$r * p$u / root),
     sum(h1 * (p$u + p$r * p$zi[s]) / root))
}
# Central differences of the score; the parameters are scaled by their size.
hessian <- function(theta) {
  h <- 1e-5 * pmax(abs(theta), 1e-2)
  hs <- sapply(seq_along(theta), function(i) {
    up <- down <- theta
    up[i] <- up[i] + h[i]; down[i] <- down[i] - h[i]
    (minus_score(up) - minus_score(down)) / (2 * h[i])
  })
  (hs + t(hs)) / 2
}
theta <- c(gamma, beta[1:m], log(sqrt(sigma2)), atanh(rho))
for (i in 1:50) {
  step <- solve(hessian(theta), minus_score(theta))
  theta <- theta - step
  if (max(abs(step) / pmax(abs(theta), 1e-3)) < 1e-12) break
}
v_theta <- solve(hessian(theta))
add("PSID1976_heckman_ml", "PSID1976", "base R", "heckman_ml", "hessian",
    c(paste0("select:", colnames(z)), colnames(x), "log_sigma", "atanh_rho"), theta,
    sqrt(diag(v_theta)), NA, nrow(z),
    "Newton with an analytic score; standard errors good to 7 digits or so")
add("PSID1976_heckman_ml", "PSID1976", "base R", "heckman_ml", "fit",
    c("loglik", "sigma", "rho"),
    c(-minus_loglik(theta), exp(theta[k + m + 1]), tanh(theta[k + m + 2])),
    n = nrow(z))

# ----------------------------------------------------------------------- output

result <- do.call(rbind, rows)
keys <- result[c("case", "software", "se_type", "term")]
if (anyDuplicated(keys)) stop("duplicate rows: ", keys$case[duplicated(keys)][1])
digits <- function(v) {
  v[abs(v) < 1e-300] <- 0
  ifelse(is.na(v), "", sprintf("%.15g", v))
}
for (v in c("estimate", "se", "df", "n")) result[[v]] <- digits(result[[v]])
quoted <- match(c("term", "note", "se_type"), names(result))
dir.create(file.path(here, "r_results"), showWarnings = FALSE)
for (name in unique(result$dataset)) {
  write.csv(result[result$dataset == name, ],
            file.path(here, "r_results", paste0(name, ".csv")),
            row.names = FALSE, quote = quoted, eol = "\n")
}
message(nrow(result), " rows, ", length(unique(result$case)), " cases")
